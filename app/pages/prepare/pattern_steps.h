// SPDX-License-Identifier: GPL-3.0-or-later
// The cards that edit how patterns are prepared: bad pixels, centre, ellipse, beam mask, bin, scaling.
#pragma once

#include "app/document/study_document.h"
#include "app/pages/prepare/step_card.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace dispersa {

class EllipseCard;

class PatternSteps : public QWidget {
    Q_OBJECT
  public:
    PatternSteps(StudyDocument& document, QWidget* parent);
    const std::vector<StepCard*>& cards() const { return m_cards; }
    EllipseCard* ellipse() const { return m_ellipse; }

  private:
    StepCard* addCard(PrepareStep step, bool hasSwitch);
    void makePixelsCard();
    void makeCentreCard();
    void makeMaskCard();
    void refresh();
    void change(const std::function<void(DiffractionOptions&)>& edit);

    StudyDocument& m_document;
    int m_gesture = 1; ///< edits merge into one undo step until a field is left
    std::vector<StepCard*> m_cards;
    QLabel* m_origin;
    QPushButton* m_useRecipe;
    StepCard* m_pixels;
    StepCard* m_centre;
    EllipseCard* m_ellipse;
    StepCard* m_mask;
    StepCard* m_bin;
    StepCard* m_scaling;
    QDoubleSpinBox* m_sigmas;
    QComboBox* m_precision; ///< whole pixels or fractions
    QComboBox* m_descan;
    QDoubleSpinBox* m_radius;
    QDoubleSpinBox* m_edge;
    QSpinBox* m_factor;
    QComboBox* m_scale;
};

} // namespace dispersa
