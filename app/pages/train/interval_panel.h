// SPDX-License-Identifier: GPL-3.0-or-later
// How often the intervals around predictions shall hold the measured value, and which pixels decide how wide they are.
#pragma once

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;

namespace dispersa {

class StudyDocument;

class IntervalPanel : public QWidget {
    Q_OBJECT
  public:
    IntervalPanel(StudyDocument& document, QWidget* parent);

  private:
    void fillPlaces();
    void refresh();
    void store();

    StudyDocument& m_document;
    QDoubleSpinBox* m_level;
    QComboBox* m_fitOn;
    QLabel* m_help;
};

} // namespace dispersa
