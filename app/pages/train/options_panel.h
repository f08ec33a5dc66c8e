// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a training, folded into one line of text until they are wanted.
#pragma once

#include "app/document/study_document.h"
#include "core/learn/trainer.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace dispersa {

/// What belongs to this machine and not to the study.
struct MachineChoice {
    DeviceChoice device = DeviceChoice::Auto;
    PrecisionChoice precision = PrecisionChoice::Auto;
    int threads = 0; ///< 0: all cores
};

class OptionsPanel : public QWidget {
    Q_OBJECT
  public:
    OptionsPanel(StudyDocument& document, QWidget* parent);
    MachineChoice machine() const;

  private:
    void refresh();
    void store();
    void updateLine();
    void resetToRecipe();

    StudyDocument& m_document;
    QToolButton* m_fold;
    QWidget* m_body;
    QSpinBox* m_epochs;
    QSpinBox* m_batch;
    QDoubleSpinBox* m_rate;
    QSpinBox* m_patience;
    QComboBox* m_weights;
    QComboBox* m_device;
    QComboBox* m_precision;
    QSpinBox* m_threads;
    QPushButton* m_reset;
};

} // namespace dispersa
