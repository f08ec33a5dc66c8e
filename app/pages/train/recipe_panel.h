// SPDX-License-Identifier: GPL-3.0-or-later
// Which network: a recipe to train, from random weights or from those of a model, or a trained model from a file.
#pragma once

#include "app/pages/page.h"
#include "core/learn/model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace dispersa {

class RecipePanel : public QWidget {
    Q_OBJECT
  public:
    RecipePanel(PageContext context, QWidget* parent);

  private:
    void refresh();
    void chooseRecipe();
    void chooseModel();
    void showModel(const std::filesystem::path& file);

    PageContext m_context;
    QComboBox* m_recipe;
    QLabel* m_summary;
    QPushButton* m_useModel;
    QPushButton* m_trainInstead;
    QWidget* m_start; ///< fine-tuning: what it starts from
    QLabel* m_startText;
    std::filesystem::path m_shownModel;
};

} // namespace dispersa
