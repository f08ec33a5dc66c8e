// SPDX-License-Identifier: GPL-3.0-or-later
// The card that aligns the maps with the patterns: estimate, numbers, accept.
#pragma once

#include "app/pages/prepare/alignment_draft.h"
#include "app/pages/prepare/step_card.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace dispersa {

class AlignmentCard : public StepCard {
    Q_OBJECT
  public:
    AlignmentCard(AlignmentDraft& draft, QWidget* parent);

  private:
    QDoubleSpinBox* makeField(const QString& name, const QString& text);
    void refresh();
    void typed();
    QString noteText() const;

    AlignmentDraft& m_draft;
    QComboBox* m_map;
    QPushButton* m_estimate;
    QCheckBox* m_findScale;
    QDoubleSpinBox* m_dy;
    QDoubleSpinBox* m_dx;
    QDoubleSpinBox* m_scale;
    QLabel* m_length;
    QComboBox* m_scope;
    QPushButton* m_accept;
    QPushButton* m_reset;
};

} // namespace dispersa
