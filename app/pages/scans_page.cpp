// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans_page.h"

#include "app/document/study_document.h"
#include "app/pages/map_export.h"
#include "app/pages/scans/diffraction_pane.h"
#include "app/pages/scans/scan_list.h"
#include "app/pages/scans/scan_pane.h"
#include "app/pages/scans/start_panel.h"
#include "app/text/error_text.h"

#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace dispersa {

ScansPage::ScansPage(PageContext context, StudyFiles& files, QWidget* parent)
    : Page(context, parent), m_stack(new QStackedWidget(this)), m_list(new ScanList(document(), files, this)),
      m_diffraction(new DiffractionPane(tasks(), messages(), this)), m_scan(new ScanPane(this))
{
    setObjectName(QStringLiteral("page_scans"));
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(m_list);
    split->addWidget(m_diffraction);
    split->addWidget(m_scan);
    m_list->setMinimumWidth(300);
    m_diffraction->setMinimumWidth(300);
    m_scan->setMinimumWidth(260);
    split->setSizes({420, 420, 360});
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setStretchFactor(2, 3);
    m_stack->addWidget(new StartPanel(files, this));
    m_stack->addWidget(split);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_stack);
    addActions(m_list->scanActions());

    connect(m_scan, &ScanPane::markerMoved, m_diffraction, &DiffractionPane::setProbe);
    connect(m_scan, &ScanPane::regionChanged, m_diffraction, &DiffractionPane::setRegion);
    connect(m_diffraction, &DiffractionPane::virtualImagesChanged, m_scan, &ScanPane::setVirtualImages);
    connect(m_diffraction, &DiffractionPane::virtualProgress, m_scan, &ScanPane::setVirtualProgress);
    connect(m_scan, &ScanPane::readout, this, &Page::readout);
    connect(m_diffraction, &DiffractionPane::readout, this, &Page::readout);
    connect(m_scan, &ScanPane::dataExportRequested, this, [this] {
        if (const MapPtr map = m_scan->shownMap())
            exportMapWithDialog(this, *map, QString::fromStdString(document().currentScan()), messages());
    });
    connect(&document(), &StudyDocument::changed, this, &ScansPage::refresh);
    connect(&document(), &StudyDocument::currentScanChanged, this, &ScansPage::showCurrentScan);
    connect(&document(), &StudyDocument::scanOpened, this, [this](const QString& name) {
        if (name.toStdString() == document().currentScan())
            showCurrentScan();
        Q_EMIT statusChanged();
    });
    refresh();
}

void ScansPage::refresh()
{
    m_stack->setCurrentIndex(document().isEmpty() ? 0 : 1);
    showCurrentScan();
    Q_EMIT statusChanged();
}

QString ScansPage::placeholder() const
{
    if (const auto error = document().openError(document().currentScan()))
        return errorText(*error);
    return document().isEmpty() ? QString() : tr("Opening the scan…");
}

void ScansPage::showCurrentScan()
{
    const OpenedScanPtr opened = document().opened(document().currentScan());
    m_scan->setScan(opened, placeholder());
    m_diffraction->setProbe(m_scan->marker());
    m_diffraction->setScan(opened, placeholder());
    const StudyScan* entry = document().study().scan(document().currentScan());
    m_scan->setCrop(entry && opened ? std::optional(document().study().cropOf(*entry, opened->shape())) : std::nullopt);
}

StepStatus ScansPage::status() const
{
    const auto& scans = document().study().scans;
    if (scans.empty())
        return {StepState::Empty, tr("no scans"), {}};
    int read = 0;
    int failed = 0;
    for (const StudyScan& scan : scans) {
        read += document().opened(scan.name) != nullptr;
        failed += document().openError(scan.name).has_value();
    }
    const int all = int(scans.size());
    if (read + failed < all)
        return {StepState::Running, tr("opening %1 of %2").arg(read + failed + 1).arg(all), {}};
    if (failed > 0)
        return {StepState::OutOfDate, tr("%1 of %2 read").arg(read).arg(all), {}};
    return {StepState::Done, tr("%n read", nullptr, read), {}};
}

} // namespace dispersa
