// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/help_dialogs.h"

#include "core/io/format_table.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QMessageBox>
#include <QTableWidget>
#include <QVBoxLayout>

#include <utility>
#include <vector>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(HelpDialogs)
};

std::vector<std::pair<QString, QString>> viewKeys()
{
    return {{Text::tr("Arrow keys"), Text::tr("Move the marker, the region or the crop by one pixel (Shift: ten)")},
            {Text::tr("Wheel"), Text::tr("Zoom an image")},
            {Text::tr("Double click"), Text::tr("Fit the image into its view")},
            {Text::tr("Drag"), Text::tr("Move the marker or a shape; its handles resize it")},
            {Text::tr("Escape"), Text::tr("Cancel drawing")},
            {Text::tr("Right click"), Text::tr("Copy, save as a figure or save the data")}};
}

} // namespace

void showAbout(QWidget* parent)
{
    QMessageBox box(parent);
    box.setObjectName(QStringLiteral("about"));
    box.setWindowTitle(Text::tr("About Dispersa"));
    box.setIconPixmap(parent->windowIcon().pixmap(64, 64));
    box.setText(Text::tr("<h3>Dispersa %1</h3><p>Element maps from 4D-STEM diffraction patterns.</p>")
                    .arg(QStringLiteral(DISPERSA_VERSION)));
    box.setInformativeText(
        Text::tr(
            "The network and its training follow S. Kumar and B. Rakita, “Prediction of EDS maps from 4DSTEM "
            "diffraction patterns using convolutional neural networks” (2025).\n\nFree software under the GNU General "
            "Public License, version 3 or later. Built with Qt %1, LibTorch, HDF5, OpenCV and QCustomPlot.")
            .arg(QString::fromLatin1(qVersion())));
    box.exec();
}

void showFormats(QWidget* parent)
{
    const std::vector<FormatRow> rows = formatRows();
    QDialog dialog(parent);
    dialog.setObjectName(QStringLiteral("file_formats"));
    dialog.setWindowTitle(Text::tr("File formats"));
    const QStringList heads{Text::tr("Format"),    Text::tr("Files"),       Text::tr("4D-STEM"),    Text::tr("Maps"),
                            Text::tr("Spectra"),   Text::tr("Writes"),      Text::tr("Scan grid"),  Text::tr("Calibration"),
                            Text::tr("Side files"), Text::tr("Note")};
    auto* table = new QTableWidget(int(rows.size()) - 1, int(heads.size()), &dialog);
    table->setObjectName(QStringLiteral("formats_table"));
    table->setAccessibleName(Text::tr("File formats"));
    table->setHorizontalHeaderLabels(heads);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    table->setWordWrap(true);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    for (int row = 0; row < table->rowCount(); ++row)
        for (int column = 0; column < table->columnCount(); ++column) {
            const QString text = QString::fromStdString(rows[std::size_t(row) + 1][std::size_t(column)]);
            auto* cell = new QTableWidgetItem(text);
            cell->setToolTip(text);
            table->setItem(row, column, cell);
        }
    QHeaderView* header = table->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(table->columnCount() - 1, QHeaderView::Stretch);
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    auto* about = new QLabel(Text::tr("Files are recognised by their content. Scan grid and Calibration say whether the "
                                      "file tells them; where it does not, Dispersa asks."),
                             &dialog);
    about->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(&dialog);
    layout->addWidget(about);
    layout->addWidget(table);
    layout->addWidget(buttons);
    dialog.resize(1220, 480);
    dialog.exec();
}

void showShortcuts(QWidget* window)
{
    std::vector<std::pair<QString, QString>> rows;
    const auto actions = window->findChildren<QAction*>();
    for (const QAction* action : actions)
        if (!action->shortcut().isEmpty() && !action->text().isEmpty()) {
            QString text = action->text();
            text.remove(u'&');
            rows.emplace_back(action->shortcut().toString(QKeySequence::NativeText), text);
        }
    for (auto& row : viewKeys())
        rows.push_back(std::move(row));

    QDialog dialog(window);
    dialog.setObjectName(QStringLiteral("shortcuts"));
    dialog.setWindowTitle(Text::tr("Keyboard shortcuts"));
    auto* table = new QTableWidget(int(rows.size()), 2, &dialog);
    table->setHorizontalHeaderLabels({Text::tr("Key"), Text::tr("What it does")});
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setStretchLastSection(true);
    for (int i = 0; i < int(rows.size()); ++i) {
        table->setItem(i, 0, new QTableWidgetItem(rows[std::size_t(i)].first));
        table->setItem(i, 1, new QTableWidgetItem(rows[std::size_t(i)].second));
    }
    table->resizeColumnToContents(0);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(&dialog);
    layout->addWidget(table);
    layout->addWidget(buttons);
    dialog.resize(560, 520);
    dialog.exec();
}

} // namespace dispersa
