// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/training_option_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>

namespace dispersa {

namespace {

using Kind = TrainingOption::Kind;

QString translated(const std::string& source)
{
    return QCoreApplication::translate("TrainingOption", source.c_str());
}

/// How a word of the study file reads on the screen.
QString wordText(const std::string& word)
{
    const auto text = [](const char* source) { return QCoreApplication::translate("TrainingOption", source); };
    const std::pair<const char*, QString> words[] = {
        {"adam", text("Adam")},
        {"adamw", text("AdamW")},
        {"sgd", text("SGD, momentum 0.9")},
        {"constant", text("Constant")},
        {"cosine", text("Cosine to zero")},
        {"plateau", text("Halve on a plateau")},
        {"mae", text("Mean absolute error")},
        {"mse", text("Mean squared error")},
        {"huber", text("Huber")},
        {"cross_entropy", text("Cross-entropy")},
        {"last", text("Last epoch (as the paper)")},
        {"best", text("Best epoch")},
        {"mean", text("Mean of all")},
        {"ridge", text("Ridge (linear)")},
        {"kernel", text("Kernel ridge")},
        {"mlp", text("Dense networks")},
    };
    for (const auto& [key, shown] : words)
        if (word == key)
            return shown;
    return QString::fromStdString(word);
}

/// Numbers as people write them: 1e-4, 0.001. Small ones that span decades double and halve, others go by hundredths.
class NumberBox : public QDoubleSpinBox {
  public:
    NumberBox(const TrainingOption& option, QWidget* parent) : QDoubleSpinBox(parent)
    {
        setDecimals(9);
        setRange(option.least, option.most);
        m_linearStep = option.least > 0 ? 0 : option.most > 1 ? 1 : option.most < 1 ? 0.01 : 0.001;
    }
    QString textFromValue(double value) const override { return QString::number(value, 'g', 3); }
    double valueFromText(const QString& text) const override { return text.toDouble(); }
    QValidator::State validate(QString& text, int&) const override
    {
        bool number = false;
        const double value = text.toDouble(&number);
        return number && value >= minimum() && value <= maximum() ? QValidator::Acceptable : QValidator::Intermediate;
    }
    void stepBy(int steps) override
    {
        if (m_linearStep > 0)
            setValue(value() + steps * m_linearStep);
        else
            setValue(steps > 0 ? value() * 2 : value() / 2);
    }

  private:
    double m_linearStep;
};

QWidget* makeControl(const TrainingOption& option, QWidget* parent, const std::function<void()>& edited)
{
    switch (option.kind) {
    case Kind::Switch: {
        auto* box = new QCheckBox(parent);
        QObject::connect(box, &QCheckBox::toggled, box, edited);
        return box;
    }
    case Kind::Whole: {
        auto* box = new QSpinBox(parent);
        box->setRange(int(option.least), int(option.most));
        box->setKeyboardTracking(false);
        QObject::connect(box, &QSpinBox::valueChanged, box, edited);
        return box;
    }
    case Kind::Number: {
        auto* box = new NumberBox(option, parent);
        box->setKeyboardTracking(false);
        QObject::connect(box, &QDoubleSpinBox::valueChanged, box, edited);
        return box;
    }
    case Kind::Word:
        break;
    }
    auto* box = new QComboBox(parent);
    for (const std::string& word : option.words)
        box->addItem(wordText(word), QString::fromStdString(word));
    QObject::connect(box, &QComboBox::activated, box, edited);
    return box;
}

} // namespace

QString trainingOptionLabel(const TrainingOption& option)
{
    return translated(option.label);
}

QString trainingOptionHelp(const TrainingOption& option)
{
    return translated(option.help);
}

QString trainingValueText(const TrainingOption& option, const TrainingValue& value)
{
    switch (option.kind) {
    case Kind::Switch:
        return std::get<bool>(value) ? QCoreApplication::translate("TrainingOption", "on")
                                     : QCoreApplication::translate("TrainingOption", "off");
    case Kind::Word:
        return wordText(std::get<std::string>(value));
    case Kind::Whole:
    case Kind::Number:
        break;
    }
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole ? QString::number(*whole) : QString::number(std::get<double>(value), 'g', 3);
}

TrainingOptionEditor::TrainingOptionEditor(const TrainingOption& option, QWidget* parent,
                                           const std::function<void()>& edited)
    : m_option(&option), m_control(makeControl(option, parent, edited))
{
    m_control->setObjectName(QStringLiteral("train_") + QString::fromStdString(option.key));
    m_control->setAccessibleName(trainingOptionLabel(option));
    m_control->setToolTip(trainingOptionHelp(option));
}

TrainingValue TrainingOptionEditor::value() const
{
    if (const auto* box = qobject_cast<const QCheckBox*>(m_control))
        return box->isChecked();
    if (const auto* box = qobject_cast<const QSpinBox*>(m_control))
        return std::int64_t(box->value());
    if (const auto* box = qobject_cast<const QDoubleSpinBox*>(m_control))
        return box->value();
    return qobject_cast<const QComboBox*>(m_control)->currentData().toString().toStdString();
}

void TrainingOptionEditor::show(const TrainingValue& value)
{
    const QSignalBlocker blocker(m_control);
    if (auto* flag = qobject_cast<QCheckBox*>(m_control))
        flag->setChecked(std::get<bool>(value));
    else if (auto* whole = qobject_cast<QSpinBox*>(m_control))
        whole->setValue(int(std::get<std::int64_t>(value)));
    else if (auto* number = qobject_cast<QDoubleSpinBox*>(m_control))
        number->setValue(std::get<double>(value));
    else if (auto* words = qobject_cast<QComboBox*>(m_control))
        words->setCurrentIndex(words->findData(QString::fromStdString(std::get<std::string>(value))));
}

} // namespace dispersa
