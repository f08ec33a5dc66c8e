// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/scan_shape_dialog.h"

#include "app/actions/frame_order_panel.h"
#include "app/actions/scan_shape_box.h"
#include "app/text/error_text.h"
#include "core/prepare/frame_sums.h"
#include "widgets/map_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {
namespace {

constexpr std::int64_t mostPreviewed = 1 << 24; ///< positions; beyond, an image says nothing on a screen anyway

} // namespace

ScanShapeDialog::ScanShapeDialog(const StudyScan& scan, int alike, TaskRunner& tasks, QWidget* parent)
    : QDialog(parent), m_scan(scan), m_openJob(tasks, QStringLiteral("shape.frames"), this),
      m_sumsJob(tasks, QStringLiteral("shape.sums"), this), m_about(new QLabel(this)), m_shape(new ScanShapeBox(this)),
      m_order(new FrameOrderPanel(this)), m_signed(new QCheckBox(tr("Values lost their sig&n"), this)),
      m_alike(new QCheckBox(this)), m_preview(new MapView(this)), m_companion(new MapView(this)),
      m_companionBox(new QComboBox(this)), m_progress(new QProgressBar(this))
{
    setObjectName(QStringLiteral("scan_shape_dialog"));
    setWindowTitle(tr("Scan shape and order of %1").arg(QString::fromStdString(scan.name)));
    m_alike->setText(tr("Use it for %n other scan(s) of as many patterns too", nullptr, alike));
    m_alike->setVisible(alike > 0);
    m_alike->setChecked(alike > 0);
    buildLayout();
    if (m_scan.diffraction)
        m_order->setOrder(m_scan.diffraction->order);
    m_signed->setChecked(m_scan.diffraction && m_scan.diffraction->isSigned);

    connect(m_shape, &ScanShapeBox::shapeChanged, this, &ScanShapeDialog::refresh);
    connect(m_shape, &ScanShapeBox::candidateActivated, this, [this] {
        if (m_ok->isEnabled())
            accept();
    });
    connect(m_order, &FrameOrderPanel::orderChanged, this, &ScanShapeDialog::changeOrder);
    connect(m_companionBox, &QComboBox::activated, this, &ScanShapeDialog::showCompanion);
    m_progressTimer.setInterval(50);
    connect(&m_progressTimer, &QTimer::timeout, this, [this] { m_progress->setValue(*m_permille); });

    m_ok->setEnabled(false);
    m_preview->setPlaceholder(tr("Opening the file…"));
    m_openJob.run<ScanFrames>(
        [wanted = m_scan](const ProgressSink&, std::stop_token) { return scanFrames(wanted); },
        [this](Result<ScanFrames> frames) { framesOpened(std::move(frames)); });
}

ScanShapeDialog::~ScanShapeDialog()
{
    m_openJob.cancel();
    m_sumsJob.cancel();
}

void ScanShapeDialog::buildLayout()
{
    m_about->setObjectName(QStringLiteral("shape_about"));
    m_about->setWordWrap(true);
    m_signed->setObjectName(QStringLiteral("shape_signed"));
    m_signed->setToolTip(tr("Small negative numbers were stored as 65500 to 65535: read whole numbers with their sign"));
    m_signed->setAccessibleDescription(m_signed->toolTip());
    m_alike->setObjectName(QStringLiteral("shape_for_alike"));
    m_preview->setObjectName(QStringLiteral("shape_preview"));
    m_preview->setAccessibleName(tr("Image of the scan with this shape and order"));
    m_companion->setObjectName(QStringLiteral("shape_companion"));
    m_companion->setAccessibleName(tr("Map of the same scan"));
    m_companionBox->setObjectName(QStringLiteral("shape_companion_box"));
    m_companionBox->setAccessibleName(tr("Map to compare with"));
    m_progress->setObjectName(QStringLiteral("shape_progress"));
    m_progress->setAccessibleName(tr("Reading the frames"));
    m_progress->setRange(0, 1000);
    m_progress->setFormat(tr("Reading the frames: %p %"));
    m_progress->hide();

    auto* left = new QVBoxLayout;
    left->addWidget(m_about);
    left->addWidget(m_shape, 1);
    left->addWidget(m_order);
    left->addWidget(m_signed);

    auto* previewColumn = new QVBoxLayout;
    auto* previewTitle = new QLabel(tr("<b>Preview</b> with this shape and order"), this);
    previewTitle->setToolTip(tr("Sum over the detector of the square roots of the counts"));
    previewTitle->setMinimumHeight(m_companionBox->sizeHint().height()); // both images begin at one height
    previewColumn->addWidget(previewTitle);
    previewColumn->addWidget(m_preview, 1);
    auto* companionHead = new QHBoxLayout;
    auto* companionLabel = new QLabel(tr("<b>&Map</b> of the same scan"), this);
    companionLabel->setBuddy(m_companionBox);
    companionHead->addWidget(companionLabel);
    companionHead->addStretch();
    companionHead->addWidget(m_companionBox);
    auto* companionColumn = new QVBoxLayout;
    companionColumn->addLayout(companionHead);
    companionColumn->addWidget(m_companion, 1);
    auto* companionSide = new QWidget(this);
    companionSide->setObjectName(QStringLiteral("shape_companion_side"));
    companionColumn->setContentsMargins(0, 0, 0, 0);
    companionSide->setLayout(companionColumn);
    companionSide->setVisible(!m_scan.maps.empty());
    auto* images = new QHBoxLayout;
    images->addLayout(previewColumn, 1);
    images->addWidget(companionSide, 1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Use this shape"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* right = new QVBoxLayout;
    right->addLayout(images, 1);
    right->addWidget(m_progress);
    auto* columns = new QHBoxLayout;
    columns->addLayout(left, 0);
    columns->addLayout(right, 1);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(m_alike);
    bottom->addStretch();
    bottom->addWidget(buttons);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(columns, 1);
    layout->addLayout(bottom);
    m_about->setMaximumWidth(330);
    resize(m_scan.maps.empty() ? 820 : 1080, 620);
}

bool ScanShapeDialog::isReady() const
{
    return m_frames && !m_openJob.isBusy() && !m_sumsJob.isBusy();
}

ScanShape ScanShapeDialog::shape() const
{
    return m_shape->shape();
}

DiffractionSource ScanShapeDialog::source() const
{
    DiffractionSource source = arranged(*m_scan.diffraction, *m_frames, shape(), m_order->order());
    source.isSigned = m_signed->isChecked();
    return source;
}

bool ScanShapeDialog::forAllAlike() const
{
    return m_alike->isVisibleTo(this) && m_alike->isChecked();
}

void ScanShapeDialog::fail(const Error& error)
{
    m_progress->hide();
    if (!m_frames)
        m_about->setText(errorText(error));
    m_preview->setPlaceholder(errorText(error));
    m_preview->setMap(nullptr);
}

void ScanShapeDialog::framesOpened(Result<ScanFrames> frames)
{
    if (!frames)
        return fail(frames.error());
    m_frames = std::move(*frames);
    for (const MapPtr& map : m_frames->companions)
        m_companionBox->addItem(QString::fromStdString(map->quantity));
    // HAADF looks most like a sum over the detector.
    m_companionBox->setCurrentIndex(std::max(0, m_companionBox->findText(QStringLiteral("HAADF"))));
    showCompanion();
    if (m_frames->isSerpentine && !m_scan.diffraction->order.serpentine) {
        ScanOrder order = m_order->order();
        order.serpentine = true;
        const QSignalBlocker blocker(m_order);
        m_order->setOrder(order);
    }
    m_ok->setEnabled(true);
    changeOrder();
    m_shape->focusCandidates();
}

void ScanShapeDialog::showCompanion()
{
    const int index = m_companionBox->currentIndex();
    const bool shown = m_frames && index >= 0 && index < int(m_frames->companions.size());
    m_companion->setMap(shown ? m_frames->companions[std::size_t(index)] : nullptr);
    m_companion->setTitle({}); // the list above says it
}

void ScanShapeDialog::requestSums()
{
    const bool swapped = m_order->order().swapAxes;
    if (m_sums.contains(swapped))
        return;
    m_sumsJob.cancel(); // what it reads is not what is shown any more
    *m_permille = 0;
    m_progress->setValue(0);
    m_progress->show();
    m_progressTimer.start();
    m_sumsJob.run<std::vector<float>>(
        [frames = m_frames->frames, swapped, permille = m_permille](const ProgressSink&, std::stop_token stop) {
            const auto sink = [permille](const Progress& progress) {
                *permille = int(1000 * progress.done / std::max<std::int64_t>(1, progress.total));
            };
            return frameSums(*frames, swapped, {}, sink, stop);
        },
        [this, swapped](Result<std::vector<float>> sums) {
            m_progressTimer.stop();
            m_progress->hide();
            if (!sums)
                return fail(sums.error());
            m_sums[swapped] = std::move(*sums);
            refresh();
        });
}

void ScanShapeDialog::changeOrder()
{
    if (!m_frames)
        return;
    const ScanOrder order = m_order->order();
    const bool otherFrames = order.swapAxes != m_listedOrder.swapAxes || m_shape->candidateCount() == 0;
    const bool otherShapes = order.skipFirst != m_listedOrder.skipFirst || order.skipPerRow != m_listedOrder.skipPerRow ||
                             order.transpose != m_listedOrder.transpose;
    m_listedOrder = order;
    if (otherFrames) {
        m_order->setFrames(m_frames->count(order.swapAxes));
        const PatternShape pattern = m_frames->frames->patternShape();
        m_about->setText(tr("<b>%1</b><br>%2 patterns of %3 pixels. %4")
                             .arg(QString::fromStdString(m_frames->frames->file().filename().string()).toHtmlEscaped())
                             .arg(m_frames->frames->scanShape().count())
                             .arg(QString::fromStdString(toText(pattern)))
                             .arg(m_frames->told ? tr("The file says that its grid is %1.")
                                                       .arg(QString::fromStdString(toText(*m_frames->told)))
                                                 : tr("The file does not tell its grid.")) +
                         (m_frames->isSerpentine ? u' ' + tr("It says that every second row was scanned backwards.")
                                                 : QString()));
    }
    if (otherFrames || otherShapes)
        listCandidates();
    requestSums();
    refresh();
}

void ScanShapeDialog::listCandidates()
{
    const ScanOrder order = m_listedOrder;
    const auto candidates =
        scanShapeCandidates(m_frames->count(order.swapAxes), order, m_frames->allHints(order.swapAxes));
    // What the study says, even if it fits the frames badly; else the likeliest, to look at before it is taken.
    const DiffractionSource& source = *m_scan.diffraction;
    m_shape->setCandidates(candidates, order.swapAxes == source.order.swapAxes ? source.scanShape : std::nullopt);
}

void ScanShapeDialog::refresh()
{
    if (!m_frames)
        return;
    const ScanOrder order = m_order->order();
    const std::int64_t frames = m_frames->count(order.swapAxes);
    const ShapeFit fit = shapeFit(shape(), order, frames);
    const ScanShape seen = orderedShape(shape(), order);
    QString text;
    if (fit.missing > 0)
        text = tr("%1 of %2 positions have no frame; they will be no data.").arg(fit.missing).arg(seen.count());
    else if (fit.unused > 0)
        text = tr("%1 of %2 frames are left over at the end.").arg(fit.unused).arg(frames);
    else
        text = tr("Every frame has its place; shown as %1.").arg(QString::fromStdString(toText(seen)));
    // Arithmetic alone says nothing about the scan.
    const auto hints = m_frames->allHints(order.swapAxes);
    const auto says = [&](const ShapeHint& hint) {
        return hint.shape == (hint.source == ShapeSource::Companion ? seen : shape());
    };
    if (fit.exact() && m_shape->candidateCount() > 1 && std::none_of(hints.begin(), hints.end(), says))
        text += u' ' + tr("One of %1 possible shapes: judge by the preview.").arg(m_shape->candidateCount());
    m_shape->setFit(text, fit.exact());
    m_ok->setEnabled(fit.missing < seen.count());

    const auto sums = m_sums.find(order.swapAxes);
    if (sums == m_sums.end() || seen.count() > mostPreviewed) {
        m_preview->setPlaceholder(sums == m_sums.end() ? tr("Reading the frames…")
                                                       : tr("This grid is too large to show."));
        m_preview->setMap(nullptr);
        return;
    }
    ElementMap image = arrangedFrames(sums->second, shape(), order);
    image.quantity = "virtual"; // grey, as every virtual image
    m_preview->setMap(std::make_shared<const ElementMap>(std::move(image)));
    m_preview->setTitle({});
}

} // namespace dispersa
