// SPDX-License-Identifier: GPL-3.0-or-later
// Asks where the example study goes and how large it shall be.
#pragma once

#include "core/simulate/example_study.h"

#include <QDialog>
#include <QString>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace dispersa {

class ExampleDialog : public QDialog {
    Q_OBJECT
  public:
    ExampleDialog(const QString& startFolder, QWidget* parent);
    QString folder() const;
    ExampleOptions options() const;

  private:
    void browse();
    void refresh();

    QLineEdit* m_folder;
    QComboBox* m_size;
    QLabel* m_explanation;
    QPushButton* m_ok;
};

} // namespace dispersa
