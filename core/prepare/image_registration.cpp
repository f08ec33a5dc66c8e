// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/image_registration.h"

#include "core/prepare/masked_image_p.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <optional>
#include <string>

namespace dispersa {
namespace {

constexpr int smallestEdge_px = 8;
constexpr double searchEdge_px = 256; ///< larger images are shrunk for the search and refined at full size
constexpr double fine_px = 1;         ///< of the band pass, in pixels of the search
constexpr double widest_px = 12;      ///< of the slow gradients in the refinement: wider ones cost much and tell little
constexpr double tolerance_px = 1.5;  ///< of the confidence, in pixels of the search
constexpr double nullWeight = 10;     ///< prior odds of "nothing in common" against "somewhere in the searched range"
constexpr double scaleEvidence = 6;   ///< log-likelihood by which another scale must be better than the expected one
constexpr double wholeEvidence = 2;   ///< and by which a fraction of a pixel must be better than whole pixels

/// Log-likelihood of a correlation r over `pixels` that count as pixels / area independent ones.
double evidence(double correlation, double pixels, double area)
{
    return -0.5 * pixels / area * std::log(1 - std::min(correlation * correlation, 0.999999));
}

/// One scale of the search and what every shift is worth there.
struct Candidate {
    double scale = 1;
    int shrink = 1;   ///< pixels of the reference per pixel of the search
    cv::Mat evidence; ///< CV_32F, by shift; negative where the overlap is too small
    cv::Point peak;
    double best = -1;
    bool inverted = false; ///< at the peak
    double originY = 0;    ///< dy of the first row of `evidence`; the next ones follow every scale * shrink
    double originX = 0;

    double dy(int row) const { return originY + scale * shrink * row; }
    double dx(int col) const { return originX + scale * shrink * col; }
};

class Search {
  public:
    Search(const ElementMap& reference, const ElementMap& moving, const RegistrationOptions& options)
        : m_options(options), m_reference(maskedImage(reference)), m_moving(maskedImage(moving))
    {
    }

    Result<Registration> run(const ProgressSink& progress, const std::stop_token& stop)
    {
        if (auto done = scan(progress, stop); !done)
            return fail(std::move(done.error()));
        if (!m_best || m_best->best <= 0)
            return fail(ErrorCode::InvalidArgument,
                        "The two images have no detail to compare once noise and slow gradients are taken away.");
        Registration result;
        measureConfidence(result);
        refine(result);
        return result;
    }

  private:
    double referenceEdge() const { return std::max(m_reference.values.rows, m_reference.values.cols); }
    double movingEdge() const { return std::max(m_moving.values.rows, m_moving.values.cols); }

    /// Sigma of the slow gradients that are taken away, in pixels of the search: an eighth of the shorter edge.
    double coarseAt(double scale, int shrink) const
    {
        const double edge = std::min<double>({static_cast<double>(m_reference.values.rows),
                                              static_cast<double>(m_reference.values.cols),
                                              m_moving.values.rows / scale, m_moving.values.cols / scale});
        return std::clamp(edge / shrink / 8, 4.0, 12.0);
    }

    struct Trial {
        double scale;
        int shrink;
        double coarse;
    };

    Result<void> scan(const ProgressSink& progress, const std::stop_token& stop)
    {
        std::vector<Trial> trials;
        for (const double guess : m_options.scales) {
            const double range = m_options.findScale ? m_options.scaleRange : 1;
            const double edge = std::max(referenceEdge(), movingEdge() / (guess / range));
            const int shrink = std::max(1, static_cast<int>(std::ceil(edge / searchEdge_px)));
            const double coarse = coarseAt(guess, shrink);
            trials.push_back({guess, shrink, coarse});
            // The outermost pixels move by at most the tolerance from one scale to the next.
            const double step = std::log1p(2 * tolerance_px * shrink / referenceEdge());
            for (double way = step; way < std::log(range) + step / 2; way += step)
                for (const double scale : {guess * std::exp(way), guess / std::exp(way)})
                    trials.push_back({scale, shrink, coarse});
            if (!m_options.findScale)
                break;
        }
        const auto total = static_cast<std::int64_t>(trials.size());
        for (std::int64_t i = 0; i < total; ++i) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "The alignment was stopped.");
            if (auto candidate = tried(trials[static_cast<std::size_t>(i)]))
                m_candidates.push_back(std::move(*candidate));
            report(progress, {"align", i + 1, total});
        }
        for (const Candidate& candidate : m_candidates)
            if (!m_best || candidate.best > m_best->best)
                m_best = &candidate;
        return {};
    }

    /// Every shift at one scale; nullopt if too little is left of an image at the size of the search.
    std::optional<Candidate> tried(const Trial& trial)
    {
        const double scale = trial.scale;
        const int shrink = trial.shrink;
        const MaskedImage small = bandPassed(shrunk(m_reference, shrink), fine_px, trial.coarse);
        // The moving image keeps one to two pixels per pixel of the search.
        const int shrinkMoving = std::max(1, static_cast<int>(scale * shrink));
        const double sampling = scale * shrink / shrinkMoving;
        const MaskedImage moving = shrunk(m_moving, shrinkMoving);
        const cv::Size size(static_cast<int>((moving.values.cols - 1) / sampling) + 1,
                            static_cast<int>((moving.values.rows - 1) / sampling) + 1);
        if (std::min({size.width, size.height, small.values.cols, small.values.rows}) < smallestEdge_px / 2)
            return std::nullopt;
        const MaskedImage other =
            sampled(bandPassed(moving, fine_px * sampling, trial.coarse * sampling), sampling, 0, 0, size);
        const double area = correlatedPixels(small, other);
        const double least = m_options.smallestOverlap * std::min(small.validPixels(), other.validPixels());
        const ShiftCorrelation all = correlationOverShifts(small, other);
        Candidate candidate;
        candidate.scale = scale;
        candidate.shrink = shrink;
        candidate.evidence = cv::Mat(all.correlation.size(), CV_32F, cv::Scalar(-1));
        for (int row = 0; row < all.correlation.rows; ++row)
            for (int col = 0; col < all.correlation.cols; ++col) {
                const double pixels = all.pixels.at<double>(row, col);
                if (pixels < std::max(least, 4.0))
                    continue;
                const double correlation = all.correlation.at<double>(row, col);
                const double value = evidence(correlation, pixels, area);
                candidate.evidence.at<float>(row, col) = static_cast<float>(value);
                if (value > candidate.best) {
                    candidate.best = value;
                    candidate.peak = {col, row};
                    candidate.inverted = correlation < 0;
                }
            }
        // Pixel i of a shrunk image lies at i * shrink + (shrink - 1) / 2 of the whole one.
        const double offset = (shrinkMoving - 1) / 2.0 - scale * (shrink - 1) / 2.0;
        candidate.originY = scale * shrink * all.firstY + offset;
        candidate.originX = scale * shrink * all.firstX + offset;
        return candidate;
    }

    /// Where the middle of the reference lies on the moving image, so that shift and scale are told apart.
    double middle(double shift, double scale, int pixels) const { return shift + scale * (pixels - 1) / 2.0; }

    void measureConfidence(Registration& result) const
    {
        const double top = m_best->best;
        const double pixel = m_best->scale * m_best->shrink;
        const int rows = m_reference.values.rows;
        const int cols = m_reference.values.cols;
        const double y = middle(m_best->dy(m_best->peak.y), m_best->scale, rows);
        const double x = middle(m_best->dx(m_best->peak.x), m_best->scale, cols);
        double all = 0;
        double near = 0;
        double squaresY = 0;
        double squaresX = 0;
        double shifts = 0;
        for (const Candidate& candidate : m_candidates) {
            const bool nearScale = std::abs(candidate.scale / m_best->scale - 1) * referenceEdge() / 2 <=
                                   2 * tolerance_px * m_best->shrink;
            for (int row = 0; row < candidate.evidence.rows; ++row)
                for (int col = 0; col < candidate.evidence.cols; ++col) {
                    const double value = candidate.evidence.at<float>(row, col);
                    if (value < 0)
                        continue;
                    ++shifts;
                    const double weight = std::exp(value - top);
                    const double wayY = middle(candidate.dy(row), candidate.scale, rows) - y;
                    const double wayX = middle(candidate.dx(col), candidate.scale, cols) - x;
                    all += weight;
                    squaresY += weight * wayY * wayY;
                    squaresX += weight * wayX * wayX;
                    if (nearScale && std::hypot(wayY, wayX) <= tolerance_px * pixel)
                        near += weight;
                }
        }
        result.confidence = near / (all + nullWeight * shifts * std::exp(-top));
        result.dyError = std::sqrt(squaresY / all);
        result.dxError = std::sqrt(squaresX / all);
    }

    /// State of the refinement: position of the reference's middle on the moving image, and scale.
    using Pose = std::array<double, 3>;

    struct Refined {
        Pose pose;
        double value = 0;
        Pose curvature = {}; ///< second derivatives, at most 0
    };

    double shiftOf(const Pose& pose, int axis) const
    {
        const int pixels = axis == 0 ? m_reference.values.rows : m_reference.values.cols;
        return pose[static_cast<std::size_t>(axis)] - pose[2] * (pixels - 1) / 2.0;
    }

    MaskedImage movingAt(const Pose& pose) const
    {
        return sampled(m_sharpMoving, pose[2], shiftOf(pose, 0), shiftOf(pose, 1), m_reference.values.size());
    }

    /// Restricts the comparison to what both show at `pose`. A filter that saw more of one image than of the other
    /// would differ along the border, and draw the shift to one side.
    void meetAt(const Pose& pose)
    {
        m_common = m_reference.mask.mul(movingAt(pose).mask);
        m_sharp = bandPassed({m_reference.values.mul(m_common), m_common}, m_fine, m_wide);
    }

    Overlap overlapAt(const Pose& pose) const
    {
        MaskedImage moving = movingAt(pose);
        moving.mask = moving.mask.mul(m_common);
        moving.values = moving.values.mul(m_common);
        return overlapOf(m_sharp, bandPassed(moving, m_fine, m_wide));
    }

    double valueAt(const Pose& pose) const
    {
        const Overlap overlap = overlapAt(pose);
        const bool sameSign = (overlap.correlation < 0) == m_inverted;
        return sameSign ? evidence(overlap.correlation, overlap.pixels, m_area) : 0;
    }

    /// Climbs by parabolas along each parameter in turn.
    Refined climbed(Pose pose, bool withScale, double step) const
    {
        Refined best{pose, valueAt(pose)};
        const double half = (referenceEdge() - 1) / 2;
        for (int round = 0; round < 7; ++round, step /= 2)
            for (std::size_t i = 0; i < (withScale ? 3U : 2U); ++i) {
                const double way = i == 2 ? step / half : step;
                const auto moved = [&](double by) {
                    Pose result = best.pose;
                    result[i] += by;
                    return result;
                };
                const auto take = [&](double by) {
                    const Pose candidate = moved(by);
                    if (const double value = valueAt(candidate); value > best.value) {
                        best.value = value;
                        best.pose = candidate;
                    }
                };
                const double before = valueAt(moved(-way));
                const double after = valueAt(moved(way));
                const double bend = before - 2 * best.value + after;
                best.curvature[i] = std::min(0.0, bend / (way * way));
                const double vertex = bend < 0 ? 0.5 * way * (before - after) / bend : 0;
                if (bend < 0 && std::abs(vertex) <= way)
                    take(vertex);
                else
                    take(after > before ? way : -way);
            }
        return best;
    }

    void refine(Registration& result)
    {
        const double scale = m_best->scale;
        const int shrink = m_best->shrink;
        m_inverted = m_best->inverted;
        m_fine = std::max(fine_px, 0.7 * shrink);
        m_wide = std::min(coarseAt(scale, shrink) * shrink, widest_px);
        // A finer map is smoothed to the steps it is sampled in.
        m_sharpMoving = scale > 1.5 ? smoothed(m_moving, 0.4 * scale) : m_moving;
        const Pose start = {middle(m_best->dy(m_best->peak.y), scale, m_reference.values.rows),
                            middle(m_best->dx(m_best->peak.x), scale, m_reference.values.cols), scale};
        meetAt(start);
        m_area = correlatedPixels(m_sharp, bandPassed(movingAt(start), m_fine, m_wide));
        const double step = 0.5 * scale * shrink;
        Refined best = climbed(start, m_options.findScale, step);
        meetAt(best.pose);
        best = climbed(best.pose, m_options.findScale, step / 4);
        for (const double guess : m_options.scales) {
            const bool close = std::abs(guess / best.pose[2] - 1) * referenceEdge() / 2 <= 4 * tolerance_px * shrink;
            if (!close || guess == best.pose[2])
                continue;
            Refined expected = climbed({best.pose[0], best.pose[1], guess}, false, step);
            if (expected.value >= best.value - scaleEvidence)
                best = expected;
            break;
        }
        // Whole pixels need no interpolation, which mixes neighbours.
        if (best.pose[2] == std::round(best.pose[2])) {
            Pose whole = best.pose;
            for (int axis = 0; axis < 2; ++axis)
                whole[static_cast<std::size_t>(axis)] +=
                    std::round(shiftOf(best.pose, axis)) - shiftOf(best.pose, axis);
            if (const double value = valueAt(whole); value >= best.value - wholeEvidence)
                best.pose = whole;
        }
        const Overlap overlap = overlapAt(best.pose);
        result.scale = best.pose[2];
        result.dy = shiftOf(best.pose, 0);
        result.dx = shiftOf(best.pose, 1);
        if (result.scale == std::round(result.scale)) { // takes the rounding of the way over the middle back
            const auto tidy = [](double v) { return std::round(v * 1e6) / 1e6 + 0.0; };
            result.dy = tidy(result.dy);
            result.dx = tidy(result.dx);
        }
        result.correlation = overlap.correlation;
        result.overlap = std::min(
            1.0, overlap.pixels / std::min(m_reference.validPixels(), m_moving.validPixels() / (scale * scale)));
        const auto widened = [](double error, double curvature) {
            return curvature < 0 ? std::max(error, 1 / std::sqrt(-curvature)) : error;
        };
        result.dyError = widened(result.dyError, best.curvature[0]);
        result.dxError = widened(result.dxError, best.curvature[1]);
    }

    const RegistrationOptions& m_options;
    const MaskedImage m_reference;
    const MaskedImage m_moving;
    std::vector<Candidate> m_candidates;
    const Candidate* m_best = nullptr;
    cv::Mat m_common;    ///< pixels of the reference that the refinement compares
    MaskedImage m_sharp; ///< the reference there
    MaskedImage m_sharpMoving;
    double m_fine = fine_px;
    double m_wide = widest_px;
    double m_area = 1;
    bool m_inverted = false;
};

Result<void> checkImage(const ElementMap& image)
{
    const std::string name = "The image '" + image.quantity + "'";
    if (image.shape.height < smallestEdge_px || image.shape.width < smallestEdge_px ||
        image.values.size() != static_cast<std::size_t>(image.shape.count()))
        return fail(ErrorCode::InvalidArgument,
                    name + " of " + toText(image.shape) + " pixels is too small to be aligned; it takes at least " +
                        std::to_string(smallestEdge_px) + " x " + std::to_string(smallestEdge_px) +
                        ". Type the shift instead.",
                    image.source, {image.quantity, toText(image.shape)});
    const auto range = validRange(image);
    if (!range)
        return fail(ErrorCode::InvalidArgument, name + " has no valid pixel, so it cannot be aligned.", image.source,
                    {image.quantity});
    if (range->low == range->high)
        return fail(ErrorCode::InvalidArgument,
                    name + " has one value everywhere, so it cannot be aligned. Choose another map or detector.",
                    image.source, {image.quantity});
    return {};
}

} // namespace

Result<void> RegistrationOptions::check() const
{
    const auto bad = [](const char* field, const char* range) {
        return fail(ErrorCode::InvalidArgument, std::string("Registration: ") + field + " must be " + range + ".", {},
                    {field});
    };
    if (scales.empty() || !std::all_of(scales.begin(), scales.end(), [](double s) { return s >= 1e-3 && s <= 1e3; }))
        return bad("scales", "one or more numbers from 0.001 to 1000");
    if (!(scaleRange >= 1 && scaleRange <= 4))
        return bad("scaleRange", "from 1 to 4");
    if (!(smallestOverlap > 0 && smallestOverlap <= 1))
        return bad("smallestOverlap", "above 0 and at most 1");
    return {};
}

Result<Registration> registerImages(const ElementMap& reference, const ElementMap& moving,
                                    const RegistrationOptions& options, const ProgressSink& progress,
                                    std::stop_token stop)
try {
    if (auto checked = options.check(); !checked)
        return fail(std::move(checked.error()));
    for (const ElementMap* image : {&reference, &moving})
        if (auto checked = checkImage(*image); !checked)
            return fail(std::move(checked.error()));
    return Search(reference, moving, options).run(progress, stop);
} catch (const cv::Exception& exception) {
    return fail(exception.code == cv::Error::StsNoMem ? ErrorCode::OutOfMemory : ErrorCode::Internal,
                "The images '" + reference.quantity + "' and '" + moving.quantity + "' could not be aligned.",
                moving.source, {reference.quantity, moving.quantity}, exception.what());
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice to align the images.");
}

} // namespace dispersa
