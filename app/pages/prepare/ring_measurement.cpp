// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/ring_measurement.h"

#include "core/inspect/radial_profile.h"
#include "core/learn/recipe.h"
#include "core/prepare/beam_centre.h"
#include "core/prepare/diffraction_ring.h"

namespace dispersa {

RingMeasurement::RingMeasurement(StudyDocument& document, TaskRunner& tasks, MessageLog& messages, QObject* parent)
    : QObject(parent), m_document(document), m_tasks(tasks), m_messages(messages)
{
}

template<class Outcome>
void RingMeasurement::start(std::function<Result<Outcome>(const ProgressSink&, std::stop_token)> work,
                            std::function<void(const Outcome&)> done)
{
    Q_EMIT running(true);
    m_tasks.start<Outcome>(
        TaskLane::Compute, tr("Measure a ring"), this, std::move(work),
        [this, done = std::move(done), scan = m_document.currentScan()](Result<Outcome> outcome) {
            Q_EMIT running(false);
            if (outcome)
                done(*outcome);
            else if (outcome.error().code != ErrorCode::Cancelled)
                m_messages.addError(outcome.error(), QString::fromStdString(scan));
        });
}

void RingMeasurement::measureEllipse(double radius_px)
{
    const OpenedScanPtr scan = m_document.opened(m_document.currentScan());
    if (!scan || !scan->diffraction)
        return;
    const DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    start<MeasuredRing>(
        [scan = scan->diffraction, options, radius_px](const ProgressSink& progress,
                                                       std::stop_token stop) -> Result<MeasuredRing> {
            const auto mean = centredMeanPattern(*scan, options, progress, stop);
            if (!mean)
                return fail(mean.error());
            return measureRing(*mean, scan->patternShape(), middleOf(scan->patternShape()), radius_px);
        },
        [this](const MeasuredRing& ring) {
            DiffractionOptions changed = diffractionInUse(m_document.study(), m_document.detectorShape());
            changed.ellipseRatio = ring.ellipse.ratio;
            changed.ellipseAngle_deg = ring.ellipse.angle_deg;
            m_document.setDiffraction(changed);
        });
}

void RingMeasurement::calibrate(double radius_px, double q_invA)
{
    const OpenedScanPtr scan = m_document.opened(m_document.currentScan());
    if (!scan || !scan->diffraction)
        return;
    const DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    start<double>(
        [scan = scan->diffraction, options, radius_px](const ProgressSink& progress,
                                                       std::stop_token stop) -> Result<double> {
            auto mean = centredMeanPattern(*scan, options, progress, stop);
            if (!mean)
                return fail(mean.error());
            const PatternShape shape = scan->patternShape();
            if (options.correctsEllipse()) {
                const std::vector<float> elliptic = *mean;
                resamplePattern(elliptic, shape, middleOf(shape), middleOf(shape),
                                {options.ellipseRatio, options.ellipseAngle_deg}, *mean);
            }
            if (const auto radius = ringRadius(radialProfile(*mean, shape, middleOf(shape)), radius_px))
                return *radius;
            return fail(ErrorCode::InvalidArgument,
                        "The mean pattern of the scan has no ring near a radius of " +
                            std::to_string(std::lround(radius_px)) + " pixels. Click on one that stands out.");
        },
        [this, q_invA](double radius) {
            Calibration calibration = m_document.study().calibration;
            calibration.qPixel_invA = q_invA / radius;
            m_document.setCalibration(calibration);
            Q_EMIT measured(radius);
        });
}

} // namespace dispersa
