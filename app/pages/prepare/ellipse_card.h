// SPDX-License-Identifier: GPL-3.0-or-later
// The card for the ellipse: typed, or measured from a ring.
#pragma once

#include "app/document/study_document.h"
#include "app/pages/prepare/step_card.h"

class QDoubleSpinBox;
class QPushButton;

namespace dispersa {

class EllipseCard : public StepCard {
    Q_OBJECT
  public:
    EllipseCard(StudyDocument& document, QWidget* parent);
    /// Radius of the ring to measure, in unbinned detector pixels.
    void setRing(double radius_px);
    /// Says that a measurement runs.
    void setMeasuring(bool on);

  Q_SIGNALS:
    void ringChanged(double radius_px); ///< typed
    void measureRequested(double radius_px);

  private:
    void refresh();
    void typed();

    StudyDocument& m_document;
    int m_gesture = 1;
    QDoubleSpinBox* m_ratio;
    QDoubleSpinBox* m_angle;
    QDoubleSpinBox* m_ring;
    QPushButton* m_measure;
};

} // namespace dispersa
