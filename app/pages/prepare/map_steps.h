// SPDX-License-Identifier: GPL-3.0-or-later
// The cards that edit how maps are prepared, and the sizes: filter, crop, calibration.
#pragma once

#include "app/document/study_document.h"
#include "app/pages/prepare/step_card.h"

#include <QWidget>

#include <array>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace dispersa {

/// Kind and size of the filter.
class FilterCard : public StepCard {
    Q_OBJECT
  public:
    FilterCard(StudyDocument& document, QWidget* parent);

  private:
    void refresh();
    void change(const std::function<void(MapFilterOptions&)>& edit);

    StudyDocument& m_document;
    int m_gesture = 1;
    QComboBox* m_kind;
    QSpinBox* m_size;
    QDoubleSpinBox* m_sigmaColor;
    QDoubleSpinBox* m_sigmaSpace;
    QWidget* m_sigmas;
};

/// The crop in pixels or nanometres.
class CropCard : public StepCard {
    Q_OBJECT
  public:
    CropCard(StudyDocument& document, QWidget* parent);

  Q_SIGNALS:
    void drawRequested(); ///< the user wants to draw it on the map

  private:
    void refresh();
    void typed();
    double unitSize() const; ///< length of a pixel in the chosen unit
    ScanShape shape() const;

    StudyDocument& m_document;
    int m_gesture = 1;
    std::array<QDoubleSpinBox*, 4> m_fields; ///< y, x, height, width
    QComboBox* m_unit;
    QPushButton* m_draw;
};

/// Pixel sizes that override those of the files.
class CalibrationCard : public StepCard {
    Q_OBJECT
  public:
    CalibrationCard(StudyDocument& document, QWidget* parent);
    /// Radius of the ring of known spacing, in unbinned detector pixels.
    void setRing(double radius_px);
    void setMeasuring(bool on);

  Q_SIGNALS:
    void ringChanged(double radius_px); ///< typed
    void calibrateRequested(double radius_px, double q_invA);

  private:
    QWidget* makeRingRow();
    void refresh();
    void typed();

    StudyDocument& m_document;
    QDoubleSpinBox* m_qPixel;
    QComboBox* m_convention; ///< q = 1/d, or Q = 2 pi/d
    QDoubleSpinBox* m_scanStep;
    QDoubleSpinBox* m_rotation;
    QDoubleSpinBox* m_ring;
    QComboBox* m_known; ///< rings of known spacing
    QPushButton* m_calibrate;
};

} // namespace dispersa
