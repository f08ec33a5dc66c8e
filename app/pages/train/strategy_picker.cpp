// SPDX-License-Identifier: GPL-3.0-or-later
// Strategy pictograms; see strategy_picker.h.
#include "app/pages/train/strategy_picker.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace dispersa {

namespace {

constexpr std::array strategies = {Strategy::OneScan, Strategy::FirstToOthers, Strategy::FirstAndLast};

/// Scans as upright cards: filled ones teach, outlined ones are predicted. A dotted fill stands for a share of the
/// pixels.
QIcon pictogram(Strategy strategy, const QPalette& palette)
{
    const QSize size(84, 36);
    QPixmap pixmap(size * 2);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ink = palette.color(QPalette::ButtonText);
    const QColor fill = palette.color(QPalette::Highlight);
    const int cards = strategy == Strategy::OneScan ? 1 : 4;
    const double width = 14;
    const double gap = 5;
    double x = (size.width() - cards * width - (cards - 1) * gap) / 2;
    for (int i = 0; i < cards; ++i, x += width + gap) {
        const QRectF card(x, 4, width, 28);
        const bool teaches =
            strategy != Strategy::OneScan && (i == 0 || (strategy == Strategy::FirstAndLast && i == 3));
        painter.setPen(QPen(ink, 1.2));
        painter.setBrush(teaches ? QBrush(fill) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(card, 2, 2);
        if (strategy == Strategy::OneScan) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            for (int row = 0; row < 7; ++row)
                for (int col = 0; col < 3; ++col)
                    if ((row * 5 + col * 3) % 5 != 1)
                        painter.drawRect(QRectF(x + 2.2 + 3.4 * col, 6.2 + 3.5 * row, 2.6, 2.6));
        }
    }
    return QIcon(pixmap);
}

} // namespace

std::optional<Strategy> strategyOf(const Study& study)
{
    const auto& scans = study.scans;
    if (scans.empty())
        return std::nullopt;
    int training = 0;
    int predicted = 0;
    for (const StudyScan& scan : scans) {
        training += scan.role == ScanRole::Train;
        predicted += scan.role == ScanRole::Predict;
    }
    const int all = int(scans.size());
    if (training == 1 && predicted == 0)
        return Strategy::OneScan;
    if (training == 1 && scans.front().role == ScanRole::Train && predicted == all - 1)
        return Strategy::FirstToOthers;
    if (training == 2 && all > 2 && scans.front().role == ScanRole::Train && scans.back().role == ScanRole::Train &&
        predicted == all - 2)
        return Strategy::FirstAndLast;
    return std::nullopt;
}

void applyStrategy(Study& study, Strategy strategy)
{
    if (study.scans.empty())
        return;
    // One scan: keep the one that teaches already, so that the user's choice of scan survives.
    std::size_t one = 0;
    for (std::size_t i = study.scans.size(); i-- > 0;)
        if (study.scans[i].role == ScanRole::Train)
            one = i;
    for (std::size_t i = 0; i < study.scans.size(); ++i) {
        ScanRole role = ScanRole::Predict;
        if (strategy == Strategy::OneScan)
            role = i == one ? ScanRole::Train : ScanRole::Ignore;
        else if (i == 0 || (strategy == Strategy::FirstAndLast && i + 1 == study.scans.size()))
            role = ScanRole::Train;
        study.scans[i].role = role;
    }
    if (strategy != Strategy::FirstAndLast &&
        (study.split.kind == SplitKind::Scans || study.split.kind == SplitKind::LeaveOneOut))
        study.split.kind = SplitKind::Random;
}

StrategyPicker::StrategyPicker(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_buttons(new QButtonGroup(this)), m_roles(new QLabel(this))
{
    const std::array names = {tr("One scan"), tr("First → others"), tr("First + last → middle")};
    const std::array help = {tr("Train on part of one scan's pixels and score the rest; other scans are ignored."),
                             tr("Extrapolation: train on the first scan and predict all others."),
                             tr("Interpolation: train on the first and the last scan and predict those between.")};
    const std::array objects = {"train_strategy_one", "train_strategy_first", "train_strategy_first_last"};
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    for (std::size_t i = 0; i < strategies.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setObjectName(objects[i]);
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIcon(pictogram(strategies[i], palette()));
        button->setIconSize(QSize(84, 36));
        button->setText(names[i]);
        button->setAccessibleName(names[i]);
        button->setToolTip(help[i]);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_buttons->addButton(button, int(i));
        row->addWidget(button);
    }
    m_roles->setObjectName("train_roles");
    m_roles->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(row);
    layout->addWidget(m_roles);
    connect(m_buttons, &QButtonGroup::idClicked, this, &StrategyPicker::choose);
    connect(&m_document, &StudyDocument::changed, this, &StrategyPicker::refresh);
    refresh();
}

void StrategyPicker::choose(int id)
{
    const Strategy strategy = strategies[std::size_t(id)];
    m_document.edit(tr("Choose training scans"), StudyPart::Roles,
                    [strategy](Study& study) { applyStrategy(study, strategy); });
    refresh(); // an edit that changes nothing is dropped and sends no signal
}

void StrategyPicker::refresh()
{
    const Study& study = m_document.study();
    const auto current = strategyOf(study);
    m_buttons->setExclusive(false); // else the last checked one could not be unchecked
    for (std::size_t i = 0; i < strategies.size(); ++i)
        m_buttons->button(int(i))->setChecked(current && *current == strategies[i]);
    m_buttons->setExclusive(true);
    m_buttons->button(int(Strategy::FirstToOthers))->setEnabled(study.scans.size() > 1);
    m_buttons->button(int(Strategy::FirstAndLast))->setEnabled(study.scans.size() > 2);

    QStringList trains;
    QStringList predicts;
    for (const StudyScan& scan : study.scans) {
        if (scan.role == ScanRole::Train)
            trains << QString::fromStdString(scan.name);
        else if (scan.role == ScanRole::Predict)
            predicts << QString::fromStdString(scan.name);
    }
    if (study.scans.empty())
        m_roles->setText(tr("No scan is open yet."));
    else
        m_roles->setText(tr("Trains: %1. Predicts: %2.")
                             .arg(trains.isEmpty() ? tr("none") : trains.join(QStringLiteral(", ")),
                                  predicts.isEmpty() ? tr("none") : predicts.join(QStringLiteral(", "))));
}

} // namespace dispersa
