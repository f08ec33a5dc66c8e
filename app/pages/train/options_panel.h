// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of a training, folded into one line of text until they are wanted.
#pragma once

#include "app/document/study_document.h"
#include "app/pages/train/training_option_editor.h"
#include "core/learn/trainer.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QComboBox;
class QSpinBox;
class QToolButton;

namespace dispersa {

/// What belongs to this machine and not to the study.
struct MachineChoice {
    DeviceChoice device = DeviceChoice::Auto;
    PrecisionChoice precision = PrecisionChoice::Auto;
    int threads = 0; ///< 0: all cores
};

/// One control per row of trainingOptions(). "Locked" keeps them at the recipe's own values.
class OptionsPanel : public QWidget {
    Q_OBJECT
  public:
    OptionsPanel(StudyDocument& document, QWidget* parent);
    MachineChoice machine() const;

  Q_SIGNALS:
    void machineChanged();

  private:
    void addSettings();
    void addDropoutPasses();
    void addMachine();
    void refresh();
    void store(const TrainingOptionEditor& editor);
    void setLocked(bool locked);
    void updateLine();
    /// Rows that mean something for the recipe.
    void showRows(bool profiles);

    StudyDocument& m_document;
    QToolButton* m_fold;
    QWidget* m_body;
    QCheckBox* m_locked;
    std::vector<TrainingOptionEditor> m_editors;
    QSpinBox* m_passes;      ///< with dropout, of each prediction
    QWidget* m_augmentation; ///< heading
    QComboBox* m_device;
    QComboBox* m_precision;
    QSpinBox* m_threads;
    bool m_unlocked = false; ///< by the user, while nothing differs from the recipe yet
    std::string m_recipe;
};

} // namespace dispersa
