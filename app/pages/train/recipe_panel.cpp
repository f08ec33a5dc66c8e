// SPDX-License-Identifier: GPL-3.0-or-later
// Choice of recipe or model; see recipe_panel.h.
#include "app/pages/train/recipe_panel.h"

#include "app/document/study_document.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_folder.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "app/text/error_text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace dispersa {

RecipePanel::RecipePanel(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_recipe(new QComboBox(this)), m_summary(new QLabel(this)),
      m_useModel(new QPushButton(tr("Use a trained model…"), this)),
      m_trainInstead(new QPushButton(tr("Train instead"), this)), m_start(new QWidget(this)),
      m_startText(new QLabel(m_start))
{
    m_recipe->setObjectName("train_recipe");
    m_recipe->setAccessibleName(tr("Recipe"));
    for (const Recipe& recipe : recipes()) {
        m_recipe->addItem(recipeTitle(recipe.name), QString::fromStdString(recipe.name));
        m_recipe->setItemData(m_recipe->count() - 1, recipeSummary(recipe), Qt::ToolTipRole);
    }
    m_summary->setObjectName("train_recipe_summary");
    m_summary->setWordWrap(true);
    m_useModel->setObjectName("train_use_model");
    m_useModel->setToolTip(tr("Predict with a model trained before (*.safetensors) instead of training"));
    m_trainInstead->setObjectName("train_train_instead");
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_useModel);
    buttons->addWidget(m_trainInstead);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_recipe);
    layout->addWidget(m_summary);
    layout->addLayout(buttons);
    layout->addWidget(m_start);
    m_startText->setObjectName("train_start_from");
    m_startText->setWordWrap(true);
    auto* afresh = new QPushButton(tr("Start afresh"), m_start);
    afresh->setObjectName("train_start_afresh");
    afresh->setToolTip(tr("Train from random weights again"));
    auto* startRow = new QHBoxLayout(m_start);
    startRow->setContentsMargins(0, 0, 0, 0);
    startRow->addWidget(m_startText, 1);
    startRow->addWidget(afresh);
    connect(afresh, &QPushButton::clicked, this, [this] {
        m_context.document.edit(tr("Start afresh"), StudyPart::Recipe,
                                [](Study& study) { study.recipe.startFrom.reset(); });
    });
    connect(m_recipe, &QComboBox::activated, this, &RecipePanel::chooseRecipe);
    connect(m_useModel, &QPushButton::clicked, this, &RecipePanel::chooseModel);
    connect(m_trainInstead, &QPushButton::clicked, this, [this] { m_context.document.setModel(std::nullopt); });
    connect(&m_context.document, &StudyDocument::changed, this, &RecipePanel::refresh);
    refresh();
}

void RecipePanel::chooseRecipe()
{
    RecipeChoice choice = m_context.document.study().recipe;
    choice.name = m_recipe->currentData().toString().toStdString();
    // What was changed of the old recipe does not hold for the new one.
    if (const auto recipe = recipeNamed(choice.name))
        choice.changes = unchanged(*recipe).changes;
    m_context.document.setRecipe(choice);
}

void RecipePanel::chooseModel()
{
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Use a trained model"), runsDialogFolder(m_context.document.filePath()),
                                     tr("Models (*.safetensors);;All files (*)"));
    if (!file.isEmpty())
        m_context.document.setModel(std::filesystem::path(file.toStdString()));
}

void RecipePanel::refresh()
{
    const Study& study = m_context.document.study();
    const bool usesModel = study.model.has_value();
    m_recipe->setVisible(!usesModel);
    m_start->setVisible(!usesModel && study.recipe.startFrom);
    if (study.recipe.startFrom) {
        m_startText->setText(tr("Starts from the weights of %1").arg(modelTitle(*study.recipe.startFrom)));
        m_startText->setToolTip(QString::fromStdString(study.recipe.startFrom->string()));
    }
    m_trainInstead->setVisible(usesModel);
    m_useModel->setText(usesModel ? tr("Other model…") : tr("Use a trained model…"));
    if (usesModel) {
        if (*study.model != m_shownModel)
            showModel(*study.model);
        return;
    }
    m_shownModel.clear();
    int index = m_recipe->findData(QString::fromStdString(study.recipe.name));
    if (index < 0) { // a study of a later version: show its word, the obstacle list explains
        m_recipe->addItem(QString::fromStdString(study.recipe.name), QString::fromStdString(study.recipe.name));
        index = m_recipe->count() - 1;
    }
    m_recipe->setCurrentIndex(index);
    const auto recipe = recipeNamed(study.recipe.name);
    m_summary->setText(recipe ? recipeSummary(*recipe) : errorText(recipe.error()));
}

void RecipePanel::showModel(const std::filesystem::path& file)
{
    m_shownModel = file;
    m_summary->setText(tr("Reading %1 …").arg(QString::fromStdString(file.filename().string())));
    m_context.tasks.start<ModelPtr>(
        TaskLane::Interactive, tr("Read model"), this,
        [file](const ProgressSink&, std::stop_token) { return loadModel(file); },
        [this, file](Result<ModelPtr> model) {
            if (file != m_shownModel)
                return;
            if (!model) {
                m_summary->setText(errorText(model.error()));
                return;
            }
            const ModelDescription& about = (*model)->description();
            QStringList targets;
            for (const std::string& target : about.targets)
                targets << QString::fromStdString(target);
            const QString reads = about.profile ? tr("ring profiles")
                                                : tr("patterns of %1 × %2 pixels")
                                                      .arg(about.network.patternHeight)
                                                      .arg(about.network.patternWidth);
            m_summary->setText(tr("%1: recipe %2, predicts %3 from %4.")
                                   .arg(QString::fromStdString(file.filename().string()), recipeTitle(about.recipe),
                                        targets.join(QStringLiteral(", ")), reads));
            m_summary->setToolTip(QString::fromStdString(file.string()));
        },
        QStringLiteral("train/model"));
}

} // namespace dispersa
