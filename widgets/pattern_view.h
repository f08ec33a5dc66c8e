// SPDX-License-Identifier: GPL-3.0-or-later
// Shows one diffraction pattern with calibrated axes around the direct beam and the virtual detector's shape.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/data/geometry.h"
#include "widgets/image_view.h"

namespace dispersa {

/// q = 1/d, or Q = 2 pi/d; always said on the axis.
enum class ReciprocalUnit { q, Q };

class PatternView : public ImageView {
    Q_OBJECT
  public:
    explicit PatternView(QWidget* parent = nullptr);
    ~PatternView() override;

    /// `values` has shape.count() elements; throttling is up to the caller.
    void setPattern(PatternShape shape, std::vector<float> values);
    void setPattern(PatternShape shape, std::shared_ptr<const std::vector<float>> values);
    void clearPattern();

    /// Pixel size as q = 1/d; nullopt: axes in pixels.
    void setQPixel(std::optional<double> qPixel_invA);
    void setReciprocalUnit(ReciprocalUnit unit);
    ReciprocalUnit reciprocalUnit() const;
    /// Zero of the axes; nullopt: middle of the pattern.
    void setBeamCentre(std::optional<ImagePoint> centre);
    ImagePoint beamCentre() const;

    /// The virtual detector, an editable shape; nullopt: none. Comes back through detectorChanged / detectorEdited.
    void setDetector(std::optional<Shape> detector);
    std::optional<Shape> detector() const;

    /// "q = 1/d (1/Å)", "Q = 2π/d (1/Å)" or "px".
    QString axisLabel() const;
    /// Length of a vector from the beam centre in the axis unit.
    double reciprocalLength(ImagePoint point) const;

    Figure toFigure() const override;

  Q_SIGNALS:
    void detectorChanged(const dispersa::Shape& detector); ///< while dragging
    void detectorEdited(const dispersa::Shape& detector);  ///< on release

  protected:
    QMarginsF axisMargins() const override;
    void paintDecoration(QPainter& painter) override;

  private:
    ImageAxes axes() const;
    void applyCalibration();
    std::optional<double> m_qPixel_invA;
    ReciprocalUnit m_unit = ReciprocalUnit::q;
    std::optional<ImagePoint> m_centre;
};

} // namespace dispersa
