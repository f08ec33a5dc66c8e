// SPDX-License-Identifier: GPL-3.0-or-later
// Dialog for exports; see export_dialog.h.
#include "app/pages/compare/export_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

namespace dispersa {

ExportDialog::ExportDialog(const QString& title, const QString& folder, const std::vector<Format>& formats,
                           QWidget* parent)
    : QDialog(parent), m_folder(new QLineEdit(QDir::toNativeSeparators(folder), this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(title);
    setObjectName("export_dialog");
    m_folder->setObjectName("export_folder");
    m_folder->setMinimumWidth(360);
    auto* browse = new QPushButton(tr("Browse…"), this);
    browse->setObjectName("export_browse");
    auto* row = new QHBoxLayout;
    row->addWidget(m_folder, 1);
    row->addWidget(browse);
    auto* form = new QFormLayout(this);
    form->addRow(tr("Folder"), row);
    bool first = true;
    for (const Format& format : formats) {
        auto* box = new QCheckBox(format.label, this);
        box->setObjectName("export_" + format.key);
        box->setChecked(format.chosen);
        connect(box, &QCheckBox::toggled, this, &ExportDialog::refresh);
        form->addRow(first ? tr("Formats") : QString(), box);
        m_formats.emplace_back(format.key, box);
        first = false;
    }
    form->addRow(m_buttons);
    connect(browse, &QPushButton::clicked, this, &ExportDialog::chooseFolder);
    connect(m_folder, &QLineEdit::textChanged, this, &ExportDialog::refresh);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    refresh();
}

void ExportDialog::addDpi(int dpi)
{
    m_dpi = new QSpinBox(this);
    m_dpi->setObjectName("export_dpi");
    m_dpi->setRange(30, 2400);
    m_dpi->setValue(dpi);
    m_dpi->setSuffix(tr(" dpi"));
    auto* form = static_cast<QFormLayout*>(layout());
    form->insertRow(form->rowCount() - 1, tr("Resolution of PNG"), m_dpi);
}

QString ExportDialog::folder() const
{
    return QDir::fromNativeSeparators(m_folder->text().trimmed());
}

QStringList ExportDialog::chosenFormats() const
{
    QStringList keys;
    for (const auto& [key, box] : m_formats)
        if (box->isChecked())
            keys << key;
    return keys;
}

int ExportDialog::dpi() const
{
    return m_dpi ? m_dpi->value() : 0;
}

void ExportDialog::chooseFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, windowTitle(), folder());
    if (!chosen.isEmpty())
        m_folder->setText(QDir::toNativeSeparators(chosen));
}

void ExportDialog::refresh()
{
    m_buttons->button(QDialogButtonBox::Save)->setEnabled(!folder().isEmpty() && !chosenFormats().isEmpty());
}

} // namespace dispersa
