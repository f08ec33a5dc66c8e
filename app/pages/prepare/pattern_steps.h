// SPDX-License-Identifier: GPL-3.0-or-later
// The cards that edit how patterns are prepared: centre, beam mask, bin, scaling.
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

class PatternSteps : public QWidget {
    Q_OBJECT
  public:
    PatternSteps(StudyDocument& document, QWidget* parent);
    const std::vector<StepCard*>& cards() const { return m_cards; }

  private:
    StepCard* addCard(PrepareStep step, bool hasSwitch);
    void refresh();
    void change(const std::function<void(DiffractionOptions&)>& edit);

    StudyDocument& m_document;
    int m_gesture = 1; ///< edits merge into one undo step until a field is left
    std::vector<StepCard*> m_cards;
    QLabel* m_origin;
    QPushButton* m_useRecipe;
    StepCard* m_centre;
    StepCard* m_mask;
    StepCard* m_bin;
    StepCard* m_scaling;
    QDoubleSpinBox* m_radius;
    QSpinBox* m_factor;
    QComboBox* m_scale;
};

} // namespace dispersa
