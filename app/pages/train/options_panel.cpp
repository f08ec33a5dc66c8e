// SPDX-License-Identifier: GPL-3.0-or-later
// Training options; see options_panel.h.
#include "app/pages/train/options_panel.h"

#include "app/pages/train/recipe_text.h"
#include "core/learn/recipe.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QThread>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

namespace {

constexpr int mergeOptions = 0x0b710; // consecutive edits of one setting are one undo step
constexpr int mergePasses = 0x0b711;

/// Equal as far as a box of nine decimals can show.
bool same(const TrainingValue& a, const TrainingValue& b)
{
    const auto *x = std::get_if<double>(&a), *y = std::get_if<double>(&b);
    return x && y ? std::abs(*x - *y) <= 1e-6 * std::abs(*y) : a == b;
}

TrainingSettings recipeSettings(const std::string& name)
{
    const auto recipe = recipeNamed(name);
    return recipe ? recipe->training : TrainingSettings();
}

TrainingSettings settingsOf(const RecipeChoice& choice)
{
    return trainingSettings(choice).value_or(recipeSettings(choice.name));
}

bool differsFromRecipe(const RecipeChoice& choice)
{
    return settingsOf(choice) != recipeSettings(choice.name);
}

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

} // namespace

OptionsPanel::OptionsPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_fold(new QToolButton(this)), m_body(new QWidget(this)),
      m_locked(new QCheckBox(m_body)), m_passes(new QSpinBox(m_body)),
      m_augmentation(heading(tr("Augmentation"), m_body)), m_device(new QComboBox(m_body)),
      m_precision(new QComboBox(m_body)), m_threads(new QSpinBox(m_body))
{
    m_fold->setObjectName("train_options");
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setArrowType(Qt::RightArrow);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_locked->setObjectName("train_locked");
    m_locked->setToolTip(tr("The settings stay as the recipe has them; switch it off to change them, on to take the "
                            "changes back"));

    auto* form = new QFormLayout(m_body);
    form->setContentsMargins(16, 0, 0, 0);
    addSettings();
    addMachine();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_fold);
    layout->addWidget(m_body);
    m_body->hide();

    connect(m_fold, &QToolButton::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        m_fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    connect(m_locked, &QCheckBox::toggled, this, &OptionsPanel::setLocked);
    connect(&m_document, &StudyDocument::changed, this, &OptionsPanel::refresh);
    refresh();
}

void OptionsPanel::addSettings()
{
    auto* form = static_cast<QFormLayout*>(m_body->layout());
    form->addRow(m_locked);
    m_editors.reserve(trainingOptions().size()); // editors are named by reference below
    auto group = TrainingOption::Group::Length;
    for (const TrainingOption& option : trainingOptions()) {
        if (option.group == TrainingOption::Group::Augmentation && group != option.group)
            form->addRow(m_augmentation);
        group = option.group;
        const std::size_t index = m_editors.size();
        m_editors.emplace_back(option, m_body, [this, index] { store(m_editors[index]); });
        form->addRow(trainingOptionLabel(option), m_editors.back().control());
        if (option.key == "members") // the two ways to know how sure a network is
            addDropoutPasses();
    }
}

void OptionsPanel::addDropoutPasses()
{
    m_passes->setObjectName("train_dropout_passes");
    m_passes->setRange(0, 200);
    m_passes->setSingleStep(10);
    m_passes->setKeyboardTracking(false);
    m_passes->setSpecialValueText(tr("none"));
    m_passes->setToolTip(tr("Each pattern is predicted so many times more with dropout on; how far these predictions are "
                            "apart says how sure the network is (sigma). Belongs to the study, not to the recipe"));
    static_cast<QFormLayout*>(m_body->layout())->addRow(tr("Dropout passes"), m_passes);
    connect(m_passes, &QSpinBox::valueChanged, this, [this](int passes) {
        AccountOptions account = m_document.study().account;
        account.dropoutPasses = passes;
        m_document.setAccount(account, mergePasses);
    });
}

void OptionsPanel::addMachine()
{
    m_device->setObjectName("train_device");
    m_device->addItem(tr("GPU if there is one"), int(DeviceChoice::Auto));
    m_device->addItem(tr("CPU"), int(DeviceChoice::Cpu));
    m_device->addItem(tr("GPU (CUDA)"), int(DeviceChoice::Cuda));
    m_precision->setObjectName("train_precision");
    m_precision->addItem(tr("Fastest that is safe"), int(PrecisionChoice::Auto));
    m_precision->addItem(tr("float32"), int(PrecisionChoice::Float32));
    m_precision->addItem(tr("bfloat16"), int(PrecisionChoice::BFloat16));
    m_precision->setToolTip(tr("Of the training; final maps are float32 unless bfloat16 is asked for"));
    m_threads->setObjectName("train_threads");
    m_threads->setRange(0, 1024);
    m_threads->setKeyboardTracking(false);
    m_threads->setSpecialValueText(tr("all %n core(s)", nullptr, QThread::idealThreadCount()));
    auto* form = static_cast<QFormLayout*>(m_body->layout());
    form->addRow(heading(tr("This machine"), m_body));
    form->addRow(tr("Device"), m_device);
    form->addRow(tr("Precision"), m_precision);
    form->addRow(tr("Threads"), m_threads);
    for (QComboBox* box : {m_device, m_precision})
        connect(box, &QComboBox::activated, this, &OptionsPanel::machineChanged);
    connect(m_threads, &QSpinBox::valueChanged, this, &OptionsPanel::machineChanged);
    connect(this, &OptionsPanel::machineChanged, this, &OptionsPanel::updateLine);
}

MachineChoice OptionsPanel::machine() const
{
    return {DeviceChoice(m_device->currentData().toInt()), PrecisionChoice(m_precision->currentData().toInt()),
            m_threads->value()};
}

void OptionsPanel::store(const TrainingOptionEditor& editor)
{
    RecipeChoice choice = m_document.study().recipe;
    const TrainingOption& option = editor.option();
    // A value equal to the recipe's is no change of it, but for those that a study always says.
    if (same(editor.value(), option.get(recipeSettings(choice.name))) && !RecipeChoice().changes.contains(option.key))
        choice.changes.erase(option.key);
    else
        choice.changes[option.key] = editor.value();
    m_document.setRecipe(choice, mergeOptions);
}

void OptionsPanel::setLocked(bool locked)
{
    m_unlocked = !locked;
    RecipeChoice choice = m_document.study().recipe;
    if (locked && differsFromRecipe(choice)) {
        if (const auto recipe = recipeNamed(choice.name))
            choice.changes = unchanged(*recipe).changes;
        m_document.setRecipe(choice);
    } else {
        refresh();
    }
}

void OptionsPanel::refresh()
{
    const RecipeChoice& choice = m_document.study().recipe;
    if (choice.name != m_recipe)
        m_unlocked = false;
    m_recipe = choice.name;
    const bool locked = !m_unlocked && !differsFromRecipe(choice);
    {
        const QSignalBlocker blocker(m_locked);
        m_locked->setChecked(locked);
    }
    m_locked->setText(tr("%1 recipe (locked)").arg(recipeTitle(choice.name)));
    const bool trains = !m_document.study().model;
    m_locked->setEnabled(trains);
    const TrainingSettings settings = settingsOf(choice);
    showRows(usesProfiles(choice.name));
    for (TrainingOptionEditor& editor : m_editors) {
        editor.show(editor.option().get(settings));
        editor.control()->setEnabled(trains && !locked);
    }
    const QSignalBlocker blocker(m_passes);
    m_passes->setValue(m_document.study().account.dropoutPasses);
    updateLine();
}

void OptionsPanel::showRows(bool profiles)
{
    auto* form = static_cast<QFormLayout*>(m_body->layout());
    for (const TrainingOptionEditor& editor : m_editors)
        form->setRowVisible(editor.control(), concerns(editor.option(), profiles));
    m_augmentation->setVisible(!profiles);
    // Regressions on profiles are fitted in float32 on the CPU: a GPU would wait for them. They have no dropout; a study that
    // asks for it all the same must be able to take it back.
    const bool networks = !profiles || m_document.study().model.has_value();
    form->setRowVisible(m_passes, networks || m_document.study().account.dropoutPasses > 0);
    form->setRowVisible(m_device, networks);
    form->setRowVisible(m_precision, networks);
}

void OptionsPanel::updateLine()
{
    // The line shows what people compare first and fits the column; the rest stands in the tooltip.
    QStringList parts;
    QStringList rest;
    if (!m_document.study().model) {
        const RecipeChoice& choice = m_document.study().recipe;
        const TrainingSettings settings = settingsOf(choice), own = recipeSettings(choice.name);
        const bool profiles = usesProfiles(choice.name);
        if (profiles)
            parts << tr("Regression: %1").arg(trainingValueText(*trainingOption("regressor"),
                                                                std::string(regressorChoiceName(settings.regressor))))
                  << tr("%n member(s)", nullptr, settings.members);
        else
            parts << tr("%n epoch(s)", nullptr, settings.epochs) << tr("batch %1").arg(settings.batchSize)
                  << tr("rate %1").arg(QString::number(settings.learningRate, 'g', 3));
        if (!profiles && settings.members > 1)
            parts << tr("%n member(s)", nullptr, settings.members);
        for (const TrainingOption& option : trainingOptions())
            if (concerns(option, profiles) && !same(option.get(settings), option.get(own)))
                rest << trainingOptionLabel(option) + QStringLiteral(": ") +
                            trainingValueText(option, option.get(settings));
    } else {
        parts << tr("Device and precision");
    }
    if (m_passes->value() > 0)
        rest << tr("Dropout passes: %1").arg(m_passes->value());
    for (const QComboBox* box : {m_device, m_precision})
        if (box->currentIndex() > 0)
            rest << box->currentText();
    const QString separator = QStringLiteral(" · ");
    m_fold->setText(parts.join(separator));
    const QString all = (parts + rest).join(separator);
    m_fold->setToolTip(tr("Show the training's settings: %1").arg(all));
    m_fold->setAccessibleName(tr("Training options: %1").arg(all));
}

} // namespace dispersa
