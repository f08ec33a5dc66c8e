// SPDX-License-Identifier: GPL-3.0-or-later
// The three ways of the paper to choose training scans, as pictures; choosing one sets the roles of the study's scans.
#pragma once

#include "app/document/study_document.h"

#include <QWidget>

#include <optional>

class QButtonGroup;
class QLabel;

namespace dispersa {

/// One scan alone; the first teaches and the others are predicted; first and last teach and those between are
/// predicted.
enum class Strategy { OneScan, FirstToOthers, FirstAndLast };

/// The strategy the roles amount to; nullopt for a choice of one's own.
std::optional<Strategy> strategyOf(const Study& study);
/// Gives the roles of `strategy`. With one scan, a split by whole scans is not possible and becomes random.
void applyStrategy(Study& study, Strategy strategy);

class StrategyPicker : public QWidget {
    Q_OBJECT
  public:
    StrategyPicker(StudyDocument& document, QWidget* parent);

  private:
    void refresh();
    void choose(int id);

    StudyDocument& m_document;
    QButtonGroup* m_buttons;
    QLabel* m_roles;
};

} // namespace dispersa
