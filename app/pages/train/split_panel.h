// SPDX-License-Identifier: GPL-3.0-or-later
// How the training pixels are divided: kind, fractions, guard, seed, drawn on the scans, and a plain word on what the split
// is worth.
#pragma once

#include "app/document/study_document.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QSpinBox;

namespace dispersa {

class SplitPanel : public QWidget {
    Q_OBJECT
  public:
    SplitPanel(StudyDocument& document, QWidget* parent);

  private:
    void refresh();
    void store();
    void refreshGuard();

    StudyDocument& m_document;
    QComboBox* m_kind;
    QDoubleSpinBox* m_test;
    QDoubleSpinBox* m_validation;
    QDoubleSpinBox* m_calibration;
    QSpinBox* m_seed;
    QSpinBox* m_block;
    QSpinBox* m_guard;
    QWidget* m_blockRow;
    QLabel* m_help;
    QLabel* m_guardWarning;
    QCheckBox* m_leakGap;
};

} // namespace dispersa
