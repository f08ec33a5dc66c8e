// SPDX-License-Identifier: GPL-3.0-or-later
// Radial profiles; see profile_pane.h.
#include "app/pages/inspect/profile_pane.h"

#include "app/pages/compare/data_export.h"
#include "app/pages/inspect/region_patterns.h"
#include "core/inspect/radial_profile.h"
#include "widgets/profile_plot.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace dispersa {

namespace {

/// Where the direct beam ends: the first radius from which the profile rises again, at most a quarter of it.
int beamEdge(const std::vector<double>& profile)
{
    const int limit = int(profile.size()) / 4;
    int r = 2;
    while (r < limit && profile[std::size_t(r) + 1] <= profile[std::size_t(r)])
        ++r;
    return r;
}

/// A hot pixel would be a peak of its ring.
std::vector<double> profileOf(const std::vector<float>& pattern, const RegionPatterns& patterns)
{
    std::vector<float> good = pattern;
    for (const BadPixel& bad : patterns.badPixels())
        good[std::size_t(bad.pixel)] = std::numeric_limits<float>::quiet_NaN();
    return radialProfile(good, patterns.shape(), patterns.beamCentre());
}

RadialCurve curveOf(const QString& name, const PatternPtr& pattern, const RegionPatterns& patterns, const QColor& color)
{
    RadialCurve curve;
    curve.name = name;
    curve.color = color;
    curve.intensity = profileOf(*pattern, patterns);
    if (curve.intensity.size() < 12)
        return curve;
    // The logarithm, as it is plotted: outer rings are decades below the first one.
    std::vector<double> logarithm(curve.intensity.size());
    const double floor = 1e-6 + *std::max_element(curve.intensity.begin(), curve.intensity.end()) * 1e-6;
    std::transform(curve.intensity.begin(), curve.intensity.end(), logarithm.begin(),
                   [floor](double v) { return std::log(std::max(v, floor)); });
    const int edge = beamEdge(logarithm);
    curve.peaks = profilePeaks(std::span(logarithm).subspan(0), edge, 0.02);
    constexpr std::size_t shown = 5;
    if (curve.peaks.size() > shown)
        curve.peaks.resize(shown); // strongest first
    std::sort(curve.peaks.begin(), curve.peaks.end());
    return curve;
}

} // namespace

ProfilePane::ProfilePane(RegionPatterns& patterns, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_patterns(patterns), m_messages(messages), m_plot(new ProfilePlot(this)),
      m_peaks(new QLabel(this))
{
    m_plot->setObjectName("inspect_profile");
    m_plot->setAccessibleName(tr("Radial profiles"));
    m_plot->setPlaceholder(tr("Radial profiles of the region and of the rest of the crop appear here."));
    m_peaks->setObjectName("inspect_peaks");
    m_peaks->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_peaks->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_peaks->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_peaks);
    connect(&m_patterns, &RegionPatterns::changed, this, &ProfilePane::refresh);
    connect(m_plot, &PlotView::dataExportRequested, this, &ProfilePane::exportProfiles);
}

void ProfilePane::setQPixel(std::optional<double> qPixel_invA, bool asQ)
{
    m_qPixel_invA = qPixel_invA;
    m_asQ = asQ;
    refresh();
}

void ProfilePane::setRegion(const QString& name, const QColor& color)
{
    m_name = name;
    m_color = color;
    refresh();
}

void ProfilePane::refresh()
{
    std::vector<RadialCurve> curves;
    if (m_patterns.region())
        curves.push_back(curveOf(m_name, m_patterns.region(), m_patterns, m_color));
    if (m_patterns.reference())
        curves.push_back(curveOf(m_patterns.region() ? tr("Rest of the crop") : tr("Whole crop"),
                                 m_patterns.reference(), m_patterns, QColor(0x80, 0x80, 0x80)));
    QStringList lines;
    for (const RadialCurve& curve : curves) {
        QStringList places;
        for (const int peak : curve.peaks) {
            if (!m_qPixel_invA) {
                places << tr("%1 px").arg(peak);
                continue;
            }
            const double q = peak * *m_qPixel_invA;
            places << tr("%1 (d %2 Å)").arg(m_asQ ? 2 * M_PI * q : q, 0, 'f', 3).arg(1 / q, 0, 'f', 2);
        }
        lines << tr("%1: %2").arg(curve.name, places.isEmpty() ? tr("no peak") : places.join(QStringLiteral(", ")));
    }
    if (const int bad = int(m_patterns.badPixels().size()); bad > 0 && !lines.isEmpty())
        lines << tr("Without %n hot or dead pixel(s)", nullptr, bad);
    m_peaks->setText(
        lines.isEmpty()
            ? QString()
            : tr("Peaks, %1:").arg(m_qPixel_invA ? (m_asQ ? tr("Q in 1/Å") : tr("q in 1/Å")) : tr("radius")) +
                  QLatin1Char('\n') + lines.join(QLatin1Char('\n')));
    m_peaks->setToolTip(m_peaks->text());
    m_plot->setQPixel(m_qPixel_invA, m_asQ);
    m_plot->setCurves(std::move(curves));
}

void ProfilePane::exportProfiles()
{
    std::ostringstream csv;
    csv << (m_qPixel_invA ? "q_invA" : "radius_px") << ",region,reference\n";
    const auto profile = [this](const PatternPtr& pattern) {
        return pattern ? profileOf(*pattern, m_patterns) : std::vector<double>();
    };
    const std::vector<double> region = profile(m_patterns.region());
    const std::vector<double> reference = profile(m_patterns.reference());
    for (std::size_t r = 0; r < std::max(region.size(), reference.size()); ++r) {
        csv << double(r) * m_qPixel_invA.value_or(1) << ',';
        if (r < region.size())
            csv << region[r];
        csv << ',';
        if (r < reference.size())
            csv << reference[r];
        csv << '\n';
    }
    saveTextWithDialog(this, tr("radial profiles.csv"), tr("Comma-separated values (*.csv)"), csv.str(), m_messages);
}

} // namespace dispersa
