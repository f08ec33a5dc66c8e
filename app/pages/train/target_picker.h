// SPDX-License-Identifier: GPL-3.0-or-later
// Check boxes for the maps the network learns to predict.
#pragma once

#include "app/document/study_document.h"

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QGridLayout;

namespace dispersa {

class TargetPicker : public QWidget {
    Q_OBJECT
  public:
    TargetPicker(StudyDocument& document, QWidget* parent);

  private:
    void refresh();
    void store();
    QStringList available() const;

    StudyDocument& m_document;
    QGridLayout* m_grid;
    std::vector<QCheckBox*> m_boxes;
    QCheckBox* m_haadf = nullptr;
};

} // namespace dispersa
