// SPDX-License-Identifier: GPL-3.0-or-later
// Training options; see options_panel.h.
#include "app/pages/train/options_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QThread>
#include <QToolButton>
#include <QVBoxLayout>

namespace dispersa {

namespace {
constexpr int mergeOptions = 0x0b710; // consecutive edits of the numbers are one undo step

QSpinBox* numberBox(QWidget* parent, const char* name, int low, int high)
{
    auto* box = new QSpinBox(parent);
    box->setObjectName(name);
    box->setRange(low, high);
    box->setKeyboardTracking(false);
    return box;
}

/// A rate as people write it: 1e-4, 0.001.
class RateBox : public QDoubleSpinBox {
  public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override { return QString::number(value, 'g', 3); }
    double valueFromText(const QString& text) const override { return text.toDouble(); }
    QValidator::State validate(QString& text, int&) const override
    {
        bool number = false;
        const double value = text.toDouble(&number);
        return number && value >= minimum() && value <= maximum() ? QValidator::Acceptable : QValidator::Intermediate;
    }
    void stepBy(int steps) override { setValue(steps > 0 ? value() * 2 : value() / 2); }
};
} // namespace

OptionsPanel::OptionsPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_fold(new QToolButton(this)), m_body(new QWidget(this)),
      m_epochs(numberBox(m_body, "train_epochs", 1, 100000)), m_batch(numberBox(m_body, "train_batch", 1, 8192)),
      m_rate(new RateBox(m_body)), m_patience(numberBox(m_body, "train_patience", 1, 10000)),
      m_weights(new QComboBox(m_body)), m_device(new QComboBox(m_body)), m_precision(new QComboBox(m_body)),
      m_threads(numberBox(m_body, "train_threads", 0, 1024)),
      m_reset(new QPushButton(tr("Back to the recipe's values"), m_body))
{
    m_fold->setObjectName("train_options");
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setArrowType(Qt::RightArrow);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_rate->setObjectName("train_rate");
    m_rate->setDecimals(9);
    m_rate->setRange(1e-8, 1);
    m_rate->setKeyboardTracking(false);
    m_weights->setObjectName("train_weights");
    m_weights->addItem(tr("Last epoch (as the paper)"), int(KeptWeights::Last));
    m_weights->addItem(tr("Best epoch"), int(KeptWeights::Best));
    m_device->setObjectName("train_device");
    m_device->addItem(tr("GPU if there is one"), int(DeviceChoice::Auto));
    m_device->addItem(tr("CPU"), int(DeviceChoice::Cpu));
    m_device->addItem(tr("GPU (CUDA)"), int(DeviceChoice::Cuda));
    m_precision->setObjectName("train_precision");
    m_precision->addItem(tr("Fastest that is safe"), int(PrecisionChoice::Auto));
    m_precision->addItem(tr("float32"), int(PrecisionChoice::Float32));
    m_precision->addItem(tr("bfloat16"), int(PrecisionChoice::BFloat16));
    m_precision->setToolTip(tr("Of the training; final maps are float32 unless bfloat16 is asked for"));
    m_threads->setSpecialValueText(tr("all %n core(s)", nullptr, QThread::idealThreadCount()));
    m_reset->setObjectName("train_options_reset");

    auto* form = new QFormLayout(m_body);
    form->setContentsMargins(16, 0, 0, 0);
    form->addRow(tr("Epochs, at most"), m_epochs);
    form->addRow(tr("Batch"), m_batch);
    form->addRow(tr("Learning rate"), m_rate);
    form->addRow(tr("Patience (epochs)"), m_patience);
    form->addRow(tr("Weights kept"), m_weights);
    form->addRow(QString(), m_reset);
    form->addRow(tr("Device"), m_device);
    form->addRow(tr("Precision"), m_precision);
    form->addRow(tr("Threads"), m_threads);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_fold);
    layout->addWidget(m_body);
    m_body->hide();

    connect(m_fold, &QToolButton::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        m_fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    for (QSpinBox* box : {m_epochs, m_batch, m_patience})
        connect(box, &QSpinBox::valueChanged, this, &OptionsPanel::store);
    connect(m_rate, &QDoubleSpinBox::valueChanged, this, &OptionsPanel::store);
    connect(m_weights, &QComboBox::activated, this, &OptionsPanel::store);
    connect(m_reset, &QPushButton::clicked, this, &OptionsPanel::resetToRecipe);
    for (QComboBox* box : {m_device, m_precision})
        connect(box, &QComboBox::activated, this, &OptionsPanel::updateLine);
    connect(m_threads, &QSpinBox::valueChanged, this, &OptionsPanel::updateLine);
    connect(&m_document, &StudyDocument::changed, this, &OptionsPanel::refresh);
    refresh();
}

MachineChoice OptionsPanel::machine() const
{
    return {DeviceChoice(m_device->currentData().toInt()), PrecisionChoice(m_precision->currentData().toInt()),
            m_threads->value()};
}

void OptionsPanel::store()
{
    RecipeChoice choice = m_document.study().recipe;
    const auto recipe = recipeNamed(choice.name);
    choice.epochs = m_epochs->value();
    choice.weights = KeptWeights(m_weights->currentData().toInt());
    // A value equal to the recipe's is no change of it.
    choice.batchSize = m_batch->value();
    choice.patience = m_patience->value();
    choice.learningRate = m_rate->value();
    if (recipe) {
        if (choice.batchSize == recipe->batchSize)
            choice.batchSize.reset();
        if (choice.patience == recipe->patience)
            choice.patience.reset();
        if (std::abs(*choice.learningRate - recipe->learningRate) <= 1e-6 * recipe->learningRate)
            choice.learningRate.reset();
    }
    m_document.setRecipe(choice, mergeOptions);
}

void OptionsPanel::resetToRecipe()
{
    RecipeChoice choice = m_document.study().recipe;
    choice.batchSize.reset();
    choice.learningRate.reset();
    choice.patience.reset();
    if (const auto recipe = recipeNamed(choice.name))
        choice.epochs = recipe->epochs;
    m_document.setRecipe(choice);
}

void OptionsPanel::refresh()
{
    const RecipeChoice& choice = m_document.study().recipe;
    const auto recipe = recipeNamed(choice.name);
    const Recipe basis = recipe.value_or(Recipe{});
    const QSignalBlocker blockers[] = {QSignalBlocker(m_epochs), QSignalBlocker(m_batch), QSignalBlocker(m_rate),
                                       QSignalBlocker(m_patience), QSignalBlocker(m_weights)};
    m_epochs->setValue(choice.epochs);
    m_batch->setValue(choice.batchSize.value_or(basis.batchSize));
    m_rate->setValue(choice.learningRate.value_or(basis.learningRate));
    m_patience->setValue(choice.patience.value_or(basis.patience));
    m_weights->setCurrentIndex(m_weights->findData(int(choice.weights)));
    m_reset->setEnabled(choice.batchSize || choice.learningRate || choice.patience || choice.epochs != basis.epochs);
    const bool trains = !m_document.study().model;
    for (QWidget* box : std::initializer_list<QWidget*>{m_epochs, m_batch, m_rate, m_patience, m_weights})
        box->setEnabled(trains);
    updateLine();
}

void OptionsPanel::updateLine()
{
    // The line shows what people compare first and fits the column; the rest stands in the tooltip.
    QStringList parts;
    QStringList rest;
    if (!m_document.study().model) {
        parts << tr("%n epoch(s)", nullptr, m_epochs->value()) << tr("batch %1").arg(m_batch->value())
              << tr("rate %1").arg(QString::number(m_rate->value(), 'g', 3));
        rest << tr("patience %1").arg(m_patience->value())
             << (KeptWeights(m_weights->currentData().toInt()) == KeptWeights::Last ? tr("last kept")
                                                                                    : tr("best kept"));
    } else {
        parts << tr("Device and precision");
    }
    for (const QComboBox* box : {m_device, m_precision})
        if (box->currentIndex() > 0)
            rest << box->currentText();
    const QString separator = QStringLiteral(" · ");
    const QString line = parts.join(separator);
    m_fold->setText(line);
    const QString all = (parts + rest).join(separator);
    m_fold->setToolTip(tr("Show the training's numbers: %1").arg(all));
    m_fold->setAccessibleName(tr("Training options: %1").arg(all));
}

} // namespace dispersa
