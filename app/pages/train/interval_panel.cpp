// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals around predictions; see interval_panel.h.
#include "app/pages/train/interval_panel.h"

#include "app/document/study_document.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>

#include <algorithm>

namespace dispersa {
namespace {

constexpr int mostRows = 5; // more scroll

bool isNamed(const Study& study, const std::string& scan)
{
    const auto& named = study.account.calibrateOn;
    return std::find(named.begin(), named.end(), scan) != named.end();
}

/// Targets that the scan has no map of.
QStringList missingTargets(const Study& study, const StudyScan& scan)
{
    QStringList missing;
    for (const std::string& target : study.targets)
        if (std::none_of(scan.maps.begin(), scan.maps.end(),
                         [&](const MapSource& map) { return map.quantity == target; }))
            missing << QString::fromStdString(target);
    return missing;
}

/// Scans that say something about a prediction without having been trained on, and whatever a file names beside them.
bool isOffered(const Study& study, const StudyScan& scan)
{
    return isNamed(study, scan.name) ||
           (scan.role == ScanRole::Predict && missingTargets(study, scan).size() < qsizetype(study.targets.size()));
}

} // namespace

IntervalPanel::IntervalPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_level(new QDoubleSpinBox(this)), m_scans(new QListWidget(this)),
      m_help(new QLabel(this))
{
    m_level->setObjectName("train_interval_level");
    m_level->setRange(50, 99);
    m_level->setDecimals(0);
    m_level->setSingleStep(5);
    m_level->setSuffix(QStringLiteral(" %"));
    m_level->setKeyboardTracking(false);
    m_level->setToolTip(tr("Share of the pixels whose measured value shall lie within the interval around the prediction"));
    m_scans->setObjectName("train_interval_scans");
    m_scans->setAccessibleName(tr("Scans that intervals are fitted on"));
    m_scans->setToolTip(tr("The errors on the checked scans decide how wide the intervals are; each scan counts the same"));
    m_scans->setSelectionMode(QAbstractItemView::NoSelection);
    m_scans->setSpacing(1);
    m_scans->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_help->setObjectName("train_interval_help");
    m_help->setWordWrap(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Hold"), m_level);
    form->addRow(tr("Fitted on"), m_scans);
    form->addRow(QString(), m_help);
    connect(m_level, &QDoubleSpinBox::valueChanged, this, &IntervalPanel::storeLevel);
    connect(m_scans, &QListWidget::itemChanged, this, &IntervalPanel::storeScans);
    connect(&m_document, &StudyDocument::changed, this, &IntervalPanel::refresh);
    refresh();
}

void IntervalPanel::storeLevel()
{
    AccountOptions account = m_document.study().account;
    // A level between whole percents that came from a file stays as it is.
    if (qRound(account.level * 100) != qRound(m_level->value()))
        account.level = m_level->value() / 100;
    m_document.setAccount(account);
}

void IntervalPanel::storeScans()
{
    AccountOptions account = m_document.study().account;
    account.calibrateOn.clear();
    for (int row = 0; row < m_scans->count(); ++row)
        if (m_scans->item(row)->checkState() == Qt::Checked)
            account.calibrateOn.push_back(m_scans->item(row)->data(Qt::UserRole).toString().toStdString());
    m_document.setAccount(account);
}

void IntervalPanel::fillScans()
{
    const Study& study = m_document.study();
    QStringList names, texts;
    for (const StudyScan& scan : study.scans) {
        if (!isOffered(study, scan))
            continue;
        names << QString::fromStdString(scan.name);
        const QStringList missing = missingTargets(study, scan);
        texts << (missing.isEmpty() ? names.last()
                                    : tr("%1 (no map of %2)").arg(names.last(), missing.join(QStringLiteral(", "))));
    }
    // Items stay while their names do: this may run inside the signal of one that was just checked.
    QStringList shown;
    for (int row = 0; row < m_scans->count(); ++row)
        shown << m_scans->item(row)->data(Qt::UserRole).toString();
    if (shown != names) {
        m_scans->clear();
        for (const QString& name : names) {
            auto* item = new QListWidgetItem(m_scans);
            item->setData(Qt::UserRole, name);
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable);
        }
    }
    for (int row = 0; row < m_scans->count(); ++row) {
        m_scans->item(row)->setText(texts[row]);
        m_scans->item(row)->setCheckState(isNamed(study, names[row].toStdString()) ? Qt::Checked : Qt::Unchecked);
    }
    const int rows = std::clamp(m_scans->count(), 1, mostRows);
    const int rowHeight = std::max(m_scans->sizeHintForRow(0), fontMetrics().height()) + 2 * m_scans->spacing();
    m_scans->setFixedHeight(rows * rowHeight + 2 * m_scans->frameWidth() + 2);
    static_cast<QFormLayout*>(layout())->setRowVisible(m_scans, m_scans->count() > 0);
}

QString IntervalPanel::help() const
{
    const Study& study = m_document.study();
    const auto named = study.account.calibrateOn.size();
    QStringList sentences;
    if (named == 0 && m_scans->count() == 0)
        sentences << (study.model ? tr("A trained model has intervals where a scan to predict has maps of the targets.")
                                  : tr("Fitted on what the training leaves out. On an area unlike the training they hold "
                                       "less often. Better: scans of other areas that have maps and are not trained on."));
    else if (named == 0)
        sentences << (study.model ? tr("No scan is checked: there are no intervals.")
                                  : tr("No scan is checked: fitted on what the training leaves out. On an area unlike the "
                                       "training they hold less often. Better: check scans of several other areas."));
    else if (named == 1)
        sentences << tr("How much scans differ cannot be learned from one: check several if you can. This scan says nothing "
                        "about how often its own intervals hold.");
    else
        sentences << tr("These scans say nothing about how often their own intervals hold; the others do.");
    if (named > 0 && int(named) == m_scans->count())
        sentences << tr("No other scan with maps is left to see how often they hold.");
    return sentences.join(QLatin1Char(' '));
}

void IntervalPanel::refresh()
{
    const QSignalBlocker blockers[] = {QSignalBlocker(m_level), QSignalBlocker(m_scans)};
    m_level->setValue(m_document.study().account.level * 100);
    fillScans();
    m_help->setText(help());
}

} // namespace dispersa
