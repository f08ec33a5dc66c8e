// SPDX-License-Identifier: GPL-3.0-or-later
// Choice of targets; see target_picker.h.
#include "app/pages/train/target_picker.h"

#include "core/learn/recipe.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QSignalBlocker>

#include <algorithm>

namespace dispersa {

TargetPicker::TargetPicker(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    connect(&m_document, &StudyDocument::changed, this, &TargetPicker::refresh);
    refresh();
}

QStringList TargetPicker::available() const
{
    // The study's own targets keep their place even if no file has such a map: then the obstacle list says so.
    QStringList names;
    for (const std::string& target : m_document.study().targets)
        names << QString::fromStdString(target);
    for (const StudyScan& scan : m_document.study().scans)
        for (const MapSource& map : scan.maps)
            if (isElementSymbol(map.quantity))
                names << QString::fromStdString(map.quantity);
    names.removeDuplicates();
    names.removeAll(QStringLiteral("HAADF"));
    // A stable order, so that a box does not jump when it is unchecked: by atomic weight.
    std::stable_sort(names.begin(), names.end(), [](const QString& a, const QString& b) {
        return atomicWeight(a.toStdString()).value_or(1e9) < atomicWeight(b.toStdString()).value_or(1e9);
    });
    return names;
}

void TargetPicker::refresh()
{
    const QStringList names = available();
    QStringList shown;
    for (const QCheckBox* box : m_boxes)
        shown << box->text();
    if (shown != names || !m_haadf) {
        for (QCheckBox* box : m_boxes) { // not deleted at once: this may run inside a box's own signal
            box->hide();
            box->setObjectName({});
            box->deleteLater();
        }
        m_boxes.clear();
        delete m_haadf;
        int i = 0;
        constexpr int columns = 6;
        for (const QString& name : names) {
            auto* box = new QCheckBox(name, this);
            box->setObjectName("train_target_" + name);
            box->setToolTip(tr("Learn to predict the %1 map").arg(name));
            connect(box, &QCheckBox::clicked, this, &TargetPicker::store);
            m_grid->addWidget(box, i / columns, i % columns);
            m_boxes.push_back(box);
            ++i;
        }
        m_haadf = new QCheckBox(tr("HAADF"), this);
        m_haadf->setObjectName("train_target_HAADF");
        m_haadf->setEnabled(false);
        m_grid->addWidget(m_haadf, i / columns, i % columns);
        m_grid->setColumnStretch(columns, 1);
    }
    const auto& targets = m_document.study().targets;
    for (QCheckBox* box : m_boxes) {
        const QSignalBlocker blocker(box);
        box->setChecked(std::find(targets.begin(), targets.end(), box->text().toStdString()) != targets.end());
    }
    const auto recipe = recipeNamed(m_document.study().recipe.name);
    const bool haadf = recipe && recipe->haadfIsTarget;
    m_haadf->setChecked(haadf);
    m_haadf->setToolTip(haadf ? tr("This recipe predicts HAADF as its last output")
                              : tr("HAADF is a target of the recipe Paper + HAADF only"));
    setEnabled(!m_document.study().model);
}

void TargetPicker::store()
{
    std::vector<std::string> targets;
    // Keep the study's order; a newly checked one goes to the end.
    for (const std::string& old : m_document.study().targets)
        for (const QCheckBox* box : m_boxes)
            if (box->isChecked() && box->text().toStdString() == old)
                targets.push_back(old);
    for (const QCheckBox* box : m_boxes)
        if (box->isChecked() && std::find(targets.begin(), targets.end(), box->text().toStdString()) == targets.end())
            targets.push_back(box->text().toStdString());
    if (targets.empty()) { // a network without an output makes no sense
        refresh();
        return;
    }
    m_document.setTargets(targets);
}

} // namespace dispersa
