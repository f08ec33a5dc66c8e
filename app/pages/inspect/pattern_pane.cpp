// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns of a region; see pattern_pane.h.
#include "app/pages/inspect/pattern_pane.h"

#include "app/pages/inspect/region_patterns.h"
#include "widgets/map_link.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

namespace {
enum Tool { NoTool, Spot, Ring };
}

PatternPane::PatternPane(RegionPatterns& patterns, QWidget* corner, QWidget* parent)
    : QWidget(parent),
      m_patterns(patterns), m_views{new PatternView(this), new PatternView(this), new PatternView(this)}
{
    const std::array names = {"inspect_pattern_region", "inspect_pattern_reference", "inspect_pattern_difference"};
    const std::array spoken = {tr("Pattern of the region"), tr("Pattern of the rest of the crop"), tr("Difference")};
    auto* grid = new QGridLayout;
    grid->setSpacing(6);
    auto* link = new MapLink(this);
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        PatternView* view = m_views[i];
        view->setObjectName(names[i]);
        view->setAccessibleName(spoken[i]);
        view->setColorBarVisible(false);
        grid->addWidget(view, int(i) / 2, int(i) % 2);
        link->add(view);
        connect(view, &ImageView::clicked, this, &PatternPane::place);
        connect(view, &PatternView::detectorEdited, this, [this](const Shape& shape) {
            setDetector(shape);
            Q_EMIT detectorChosen(shape);
        });
        connect(view, &ImageView::cursorMoved, this,
                [this, view](int y, int x, double value) { showCursor(view, y, x, value); });
        connect(view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    }
    grid->addWidget(corner, 1, 1);
    for (const int i : {0, 1}) {
        grid->setColumnStretch(i, 1);
        grid->setRowStretch(i, 1);
    }
    m_views[2]->setScaling(DisplayScaling::Linear);
    m_views[2]->setColorMap(ColorMap::BlueWhiteRed);
    m_views[2]->setZeroCentred(true);
    m_views[2]->setAutorangePercentiles(1, 99);
    m_views[0]->setPlaceholder(tr("Draw a region on the map, or let the largest disagreement be found."));
    m_views[1]->setPlaceholder(tr("Reading the patterns of the crop…"));
    m_views[2]->setPlaceholder(tr("Region minus rest"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHead());
    layout->addLayout(grid, 1);
    connect(&m_patterns, &RegionPatterns::changed, this, &PatternPane::refresh);
    refresh();
}

QWidget* PatternPane::makeHead()
{
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_statistic = new QComboBox(head);
    m_statistic->setObjectName("inspect_statistic");
    m_statistic->setAccessibleName(tr("Mean or sum"));
    m_statistic->addItems({tr("Mean"), tr("Sum")});
    connect(m_statistic, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_patterns.setShowsSum(index == 1); });
    m_scaling = new QComboBox(head);
    m_scaling->setObjectName("inspect_scaling");
    m_scaling->setAccessibleName(tr("Scaling"));
    m_scaling->addItem(tr("Linear"), int(DisplayScaling::Linear));
    m_scaling->addItem(tr("Log"), int(DisplayScaling::Log));
    m_scaling->addItem(tr("Square Root"), int(DisplayScaling::SquareRoot));
    connect(m_scaling, &QComboBox::currentIndexChanged, this, [this] {
        for (const std::size_t i : {0, 1})
            m_views[i]->setScaling(DisplayScaling(m_scaling->currentData().toInt()));
    });
    m_scaling->setCurrentIndex(1);
    m_unit = new QComboBox(head);
    m_unit->setObjectName("inspect_unit");
    m_unit->setAccessibleName(tr("Unit of reciprocal space"));
    m_unit->addItem(tr("q = 1/d"), int(ReciprocalUnit::q));
    m_unit->addItem(tr("Q = 2π/d"), int(ReciprocalUnit::Q));
    connect(m_unit, &QComboBox::currentIndexChanged, this, [this] {
        for (PatternView* view : m_views)
            view->setReciprocalUnit(reciprocalUnit());
        Q_EMIT unitChanged();
    });
    row->addWidget(m_statistic);
    row->addWidget(m_scaling);
    row->addWidget(m_unit);
    row->addStretch();
    row->addWidget(new QLabel(tr("Dark field:"), head));
    m_tool = new QButtonGroup(this);
    const auto addTool = [this, head, row](Tool tool, const QString& text, const char* name, const QString& help) {
        auto* button = new QToolButton(head);
        button->setObjectName(name);
        button->setText(text);
        button->setCheckable(true);
        button->setToolTip(help);
        m_tool->addButton(button, tool);
        row->addWidget(button);
        button->setChecked(tool == NoTool);
    };
    addTool(NoTool, tr("Off"), "inspect_detector_off", tr("No virtual detector"));
    addTool(Spot, tr("Spot"), "inspect_detector_spot", tr("Click a spot of a pattern: its image becomes a new map"));
    addTool(Ring, tr("Ring"), "inspect_detector_ring", tr("Click a ring of a pattern: its image becomes a new map"));
    connect(m_tool, &QButtonGroup::idClicked, this, [this](int tool) {
        if (tool == NoTool)
            setDetector(std::nullopt);
    });
    m_size = new QDoubleSpinBox(head);
    m_size->setObjectName("inspect_detector_size");
    m_size->setAccessibleName(tr("Radius of the spot, half width of the ring"));
    m_size->setToolTip(m_size->accessibleName());
    m_size->setRange(0.5, 500);
    m_size->setDecimals(1);
    m_size->setValue(3);
    m_size->setSuffix(tr(" px"));
    row->addWidget(m_size);
    return head;
}

ReciprocalUnit PatternPane::reciprocalUnit() const
{
    return ReciprocalUnit(m_unit->currentData().toInt());
}

void PatternPane::setQPixel(std::optional<double> qPixel_invA)
{
    for (PatternView* view : m_views)
        view->setQPixel(qPixel_invA);
    m_unit->setEnabled(qPixel_invA.has_value());
    m_unit->setToolTip(qPixel_invA ? QString() : tr("The size of a detector pixel is not known"));
}

void PatternPane::setRegionName(const QString& name)
{
    m_regionName = name;
    refresh();
}

void PatternPane::refresh()
{
    const PatternShape shape = m_patterns.shape();
    const std::array patterns = {m_patterns.region(), m_patterns.reference(), m_patterns.difference()};
    const QLocale locale;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        m_views[i]->setBeamCentre(m_patterns.beamCentre());
        if (patterns[i])
            m_views[i]->setPattern(shape, patterns[i]);
        else
            m_views[i]->clearPattern();
    }
    m_views[0]->setTitle(m_patterns.region()
                             ? tr("%1 (n = %2)").arg(m_regionName, locale.toString(m_patterns.regionPatterns()))
                             : tr("Region"));
    const QString rest = m_patterns.region() ? tr("Rest of the crop") : tr("Whole crop");
    m_views[1]->setTitle(
        m_patterns.reference() ? tr("%1 (n = %2)").arg(rest, locale.toString(m_patterns.referencePatterns())) : rest);
    m_views[2]->setTitle(tr("Difference of means"));
    if (!(shape == m_fitted) && shape.width > 0) {
        m_fitted = shape;
        m_size->setValue(std::max(1.0, shape.width / 40.0));
    }
}

void PatternPane::place(ImagePoint point)
{
    const int tool = m_tool->checkedId();
    if (tool == NoTool)
        return;
    Shape detector;
    if (tool == Spot) {
        detector = circleShape(point, m_size->value());
    } else {
        const ImagePoint centre = m_patterns.beamCentre();
        const double radius = std::hypot(point.y - centre.y, point.x - centre.x);
        detector = annulusShape(centre, std::max(0.0, radius - m_size->value()), radius + m_size->value());
    }
    setDetector(detector);
    Q_EMIT detectorChosen(detector);
}

void PatternPane::setDetector(const std::optional<Shape>& detector)
{
    for (PatternView* view : m_views)
        view->setDetector(detector);
    if (!detector)
        m_tool->button(NoTool)->setChecked(true);
}

QString PatternPane::detectorText(const Shape& detector) const
{
    const PatternView& view = *m_views[1];
    const QString unit = view.axisLabel() == QLatin1String("px") ? tr("px") : QStringLiteral("1/Å");
    const ImagePoint centre = m_patterns.beamCentre();
    if (detector.kind == ShapeKind::Annulus) {
        const double inner = view.reciprocalLength({centre.y, centre.x + detector.innerRadius});
        const double outer = view.reciprocalLength({centre.y, centre.x + detector.radius});
        return tr("ring %1–%2 %3").arg(inner, 0, 'f', 3).arg(outer, 0, 'f', 3).arg(unit);
    }
    // Two spots of one length differ by their angle.
    const double angle = std::atan2(centre.y - detector.centre.y, detector.centre.x - centre.x) * 180 / M_PI;
    return tr("spot %1 %2, %3°").arg(view.reciprocalLength(detector.centre), 0, 'f', 3).arg(unit).arg(angle, 0, 'f', 0);
}

void PatternPane::showCursor(PatternView* view, int y, int x, double value)
{
    const double length = view->reciprocalLength({double(y), double(x)});
    QString text = tr("detector y %1  x %2").arg(y).arg(x);
    const bool calibrated = view->axisLabel() != QLatin1String("px");
    text += QStringLiteral("  %1 %2")
                .arg(length, 0, 'f', calibrated ? 3 : 1)
                .arg(calibrated ? QStringLiteral("1/Å") : tr("px"));
    if (calibrated && length > 0) {
        const double d = (reciprocalUnit() == ReciprocalUnit::Q ? 2 * M_PI : 1.0) / length;
        text += tr("  d %1 Å").arg(d, 0, 'f', 2);
    }
    Q_EMIT readout(text + tr("  %1 counts").arg(value, 0, 'g', 4));
}

} // namespace dispersa
