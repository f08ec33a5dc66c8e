// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/example_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <array>

namespace dispersa {
namespace {

/// A size that trains in a couple of minutes on an ordinary computer, and the paper's.
const std::array<ExampleOptions, 2> sizes{ExampleOptions{6, 56, 32, 192, 1}, ExampleOptions{6, 110, 45, 256, 1}};

qint64 bytesOf(const ExampleOptions& o)
{
    return qint64(o.scans) * o.rows * o.cols * o.pixels * o.pixels * 2;
}

} // namespace

ExampleDialog::ExampleDialog(const QString& startFolder, QWidget* parent)
    : QDialog(parent), m_folder(new QLineEdit(QDir(startFolder).filePath(tr("dispersa-example")), this)),
      m_size(new QComboBox(this)), m_explanation(new QLabel(this))
{
    setWindowTitle(tr("Try the example"));
    setObjectName(QStringLiteral("example_dialog"));
    m_folder->setObjectName(QStringLiteral("example_folder"));
    m_folder->setAccessibleName(tr("Folder of the example"));
    m_folder->setMinimumWidth(360);
    m_size->setObjectName(QStringLiteral("example_size"));
    m_size->setAccessibleName(tr("Size of the example"));
    m_size->addItem(tr("Small: trains in about two minutes"));
    m_size->addItem(tr("Full: the size of the published scans"));
    m_explanation->setWordWrap(true);

    auto* browseButton = new QPushButton(tr("&Browse…"), this);
    auto* folderRow = new QHBoxLayout;
    folderRow->addWidget(m_folder, 1);
    folderRow->addWidget(browseButton);
    auto* form = new QFormLayout;
    auto* folderLabel = new QLabel(tr("&Folder"), this);
    folderLabel->setBuddy(m_folder);
    form->addRow(folderLabel, folderRow);
    form->addRow(tr("&Size"), m_size);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Write and open"));

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(
        new QLabel(tr("Six simulated scans of a Ge-Sb-Te film with their element maps and HAADF."), this));
    layout->addLayout(form);
    layout->addWidget(m_explanation);
    layout->addWidget(buttons);

    connect(browseButton, &QPushButton::clicked, this, &ExampleDialog::browse);
    connect(m_folder, &QLineEdit::textChanged, this, &ExampleDialog::refresh);
    connect(m_size, &QComboBox::currentIndexChanged, this, &ExampleDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    refresh();
}

QString ExampleDialog::folder() const
{
    return QDir::cleanPath(m_folder->text().trimmed());
}

ExampleOptions ExampleDialog::options() const
{
    return sizes[std::size_t(m_size->currentIndex())];
}

void ExampleDialog::browse()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder of the example"), folder());
    if (!chosen.isEmpty())
        m_folder->setText(chosen);
}

void ExampleDialog::refresh()
{
    const ExampleOptions o = options();
    m_explanation->setText(tr("%1 scans of %2 x %3 probe positions, patterns of %4 x %4 pixels: %5 on disk.")
                               .arg(o.scans)
                               .arg(o.rows)
                               .arg(o.cols)
                               .arg(o.pixels)
                               .arg(QLocale().formattedDataSize(bytesOf(o), 1, QLocale::DataSizeSIFormat)));
    m_ok->setEnabled(!m_folder->text().trimmed().isEmpty());
}

} // namespace dispersa
