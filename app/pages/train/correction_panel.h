// SPDX-License-Identifier: GPL-3.0-or-later
// How predictions are corrected after the training: which curve, fitted on which pixels, and whether fractions stay a
// composition.
#pragma once

#include "app/document/study_document.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;

namespace dispersa {

class CorrectionPanel : public QWidget {
    Q_OBJECT
  public:
    CorrectionPanel(StudyDocument& document, QWidget* parent);

  private:
    void refresh();
    void store();
    void fillPlaces();

    StudyDocument& m_document;
    QComboBox* m_kind;
    QComboBox* m_fitOn;
    QCheckBox* m_simplex;
    QLabel* m_help;
};

} // namespace dispersa
