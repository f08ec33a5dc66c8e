// SPDX-License-Identifier: GPL-3.0-or-later
// What stands where in the dose planner; see dose_dialog.h.
#include "app/pages/train/dose_dialog.h"

#include "app/figures/dose_figure.h"
#include "widgets/share_plot.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace dispersa {
namespace {

/// A field with its name above and a sentence that helps below.
template<class Field>
Field* addField(QVBoxLayout& column, const QString& name, const QString& help, Field* field, const char* objectName)
{
    field->setObjectName(QLatin1String(objectName));
    auto* label = new QLabel(name);
    label->setBuddy(field);
    field->setAccessibleName(QString(name).remove(u'&'));
    field->setAccessibleDescription(help);
    field->setToolTip(help);
    auto* sentence = new QLabel(help);
    sentence->setWordWrap(true);
    sentence->setForegroundRole(QPalette::PlaceholderText);
    column.addWidget(label);
    column.addWidget(field);
    column.addWidget(sentence);
    column.addSpacing(8);
    return field;
}

QLabel* readableLabel(const char* name)
{
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

QWidget* DoseDialog::makeChoices()
{
    const DosePlanOptions usual;
    auto* left = new QWidget(this);
    left->setFixedWidth(290);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    auto* intro = new QLabel(tr("How little X-ray mapping is enough? The recipe is trained on ever larger parts of the element "
                                "maps and scored on pixels it has not seen."));
    intro->setWordWrap(true);
    column->addWidget(intro);
    column->addSpacing(8);
    m_area = addField(*column, tr("Shares of the EDS &area (%)"),
                      tr("Each is a part of the training pixels, in squares at random places."),
                      new QLineEdit(sharesText(usual.areaShares)), "dose_area_shares");
    m_countsBox = new QWidget;
    auto* countsColumn = new QVBoxLayout(m_countsBox);
    countsColumn->setContentsMargins(0, 0, 0, 0);
    m_counts = addField(*countsColumn, tr("Shares of the X-ray &counts (%)"),
                        tr("Each is as if the whole area had been mapped for that part of the time."),
                        new QLineEdit(sharesText(usual.countShares)), "dose_count_shares");
    column->addWidget(m_countsBox);
    m_seeds = addField(*column, tr("&Trainings per share"),
                       tr("Each on other parts of the area; their spread is the error bar."), new QSpinBox, "dose_seeds");
    m_seeds->setRange(1, 20);
    m_seeds->setValue(usual.seeds);
    m_tolerance = addField(*column, tr("T&olerance in r"),
                           tr("How much less r than the best is still good enough. Can be changed afterwards."),
                           new QDoubleSpinBox, "dose_tolerance");
    m_tolerance->setRange(0, 1);
    m_tolerance->setSingleStep(0.01);
    m_tolerance->setDecimals(3);
    m_tolerance->setValue(usual.tolerance);
    column->addStretch();
    m_summary = readableLabel("dose_summary");
    column->addWidget(m_summary);
    m_start = new QPushButton(tr("&Start planning"));
    m_start->setObjectName(QStringLiteral("dose_start"));
    m_start->setDefault(true);
    m_stop = new QPushButton(tr("Sto&p"));
    m_stop->setObjectName(QStringLiteral("dose_stop"));
    m_stop->setAutoDefault(false);
    m_stop->setToolTip(tr("Keeps what the trainings so far gave"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_start, 1);
    row->addWidget(m_stop);
    column->addLayout(row);
    m_bar = new QProgressBar;
    m_bar->setObjectName(QStringLiteral("dose_progress"));
    m_bar->setAccessibleName(tr("Progress of the dose plan"));
    m_bar->setTextVisible(false);
    column->addWidget(m_bar);
    m_status = readableLabel("dose_status");
    column->addWidget(m_status);

    connect(m_area, &QLineEdit::textChanged, this, &DoseDialog::refreshChoices);
    connect(m_counts, &QLineEdit::textChanged, this, &DoseDialog::refreshChoices);
    connect(m_seeds, &QSpinBox::valueChanged, this, &DoseDialog::refreshChoices);
    connect(m_tolerance, &QDoubleSpinBox::valueChanged, this, &DoseDialog::showSentences);
    connect(m_start, &QPushButton::clicked, this, &DoseDialog::start);
    connect(m_stop, &QPushButton::clicked, m_job, &DoseJob::stop);
    return left;
}

QWidget* DoseDialog::makeResults()
{
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    const auto makePlot = [this](const char* name, const QString& title, const QString& label) {
        auto* plot = new SharePlot;
        plot->setObjectName(QLatin1String(name));
        plot->setAccessibleName(title);
        plot->setToolTip({});
        plot->setLabels(label, tr("Pearson r"));
        connect(plot, &SharePlot::shownShareChanged, this, &DoseDialog::showSentences);
        connect(plot, &PlotView::dataExportRequested, this, &DoseDialog::exportValues);
        return plot;
    };
    m_areaPlot = makePlot("dose_area_plot", tr("Pearson r over the share of the EDS area"), shareAxisText(DoseKind::Area));
    m_countsPlot =
        makePlot("dose_counts_plot", tr("Pearson r over the share of the X-ray counts"), shareAxisText(DoseKind::Counts));
    column->addWidget(m_areaPlot, 1);
    column->addWidget(m_countsPlot, 1);
    m_text = readableLabel("dose_text");
    m_text->setMinimumHeight(4 * fontMetrics().height());
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(m_text);
    m_about = readableLabel("dose_about");
    m_about->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_about);
    return right;
}

} // namespace dispersa
