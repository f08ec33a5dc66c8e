// SPDX-License-Identifier: GPL-3.0-or-later
// The control of one training setting, made from its row in the table of settings.
#pragma once

#include "core/data/training_settings.h"

#include <QObject>

#include <functional>

class QWidget;

namespace dispersa {

/// "Learning rate" and its explanation in the user's language.
QString trainingOptionLabel(const TrainingOption& option);
QString trainingOptionHelp(const TrainingOption& option);
/// "1e-4", "64", "on", "best": what a summary shows.
QString trainingValueText(const TrainingOption& option, const TrainingValue& value);

/// Owns nothing: the control belongs to its parent widget. Objects are named "train_" + key.
class TrainingOptionEditor {
  public:
    /// `edited` is called when the user changed the value, never by show().
    TrainingOptionEditor(const TrainingOption& option, QWidget* parent, const std::function<void()>& edited);

    const TrainingOption& option() const { return *m_option; }
    QWidget* control() const { return m_control; }
    TrainingValue value() const;
    void show(const TrainingValue& value);

  private:
    const TrainingOption* m_option;
    QWidget* m_control;
};

} // namespace dispersa
