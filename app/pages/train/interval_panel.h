// SPDX-License-Identifier: GPL-3.0-or-later
// How often the intervals around predictions shall hold the measured value, and which pixels decide how wide they are.
#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QLabel;
class QListWidget;

namespace dispersa {

class StudyDocument;

class IntervalPanel : public QWidget {
    Q_OBJECT
  public:
    IntervalPanel(StudyDocument& document, QWidget* parent);

  private:
    void fillScans();
    void refresh();
    void storeLevel();
    void storeScans();
    QString help() const;

    StudyDocument& m_document;
    QDoubleSpinBox* m_level;
    QListWidget* m_scans; ///< those that intervals can be fitted on; checked: are
    QLabel* m_help;
};

} // namespace dispersa
