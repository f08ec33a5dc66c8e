// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/view_menu.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QWidget>

#include <filesystem>

namespace dispersa {
namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("ViewMenu", text);
}

} // namespace

void addViewActions(QMenu& menu, QWidget* view, std::function<Figure()> figure, std::function<void()> exportData)
{
    QAction* copy = menu.addAction(say("Copy"));
    copy->setObjectName(QStringLiteral("copyFigureAction"));
    QObject::connect(copy, &QAction::triggered, view, [figure] { copyFigure(figure()); });
    QAction* save = menu.addAction(say("Save figure..."));
    save->setObjectName(QStringLiteral("saveFigureAction"));
    QObject::connect(save, &QAction::triggered, view,
                     [view, figure] { saveFigureWithDialog(view, figure(), view->accessibleName()); });
    QAction* data = menu.addAction(say("Save data..."));
    data->setObjectName(QStringLiteral("saveDataAction"));
    QObject::connect(data, &QAction::triggered, view, [exportData] { exportData(); });
}

void copyFigure(const Figure& figure)
{
    auto* mime = new QMimeData; // the clipboard owns it
    mime->setImageData(figure.toImage(200));
    const QByteArray svg = figureSvg(figure);
    if (!svg.isEmpty())
        mime->setData(QStringLiteral("image/svg+xml"), svg);
    QGuiApplication::clipboard()->setMimeData(mime);
}

void saveFigureWithDialog(QWidget* parent, const Figure& figure, const QString& proposedName)
{
    QFileDialog dialog(parent, say("Save figure"));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    const QString svg = say("SVG drawing (*.svg)");
    const QString pdf = say("PDF document (*.pdf)");
    const QString png = say("PNG picture, 300 dpi (*.png)");
    dialog.setNameFilters({svg, pdf, png});
    dialog.setDefaultSuffix(QStringLiteral("svg"));
    QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, [&](const QString& filter) {
        dialog.setDefaultSuffix(filter == svg   ? QStringLiteral("svg")
                                : filter == pdf ? QStringLiteral("pdf")
                                                : QStringLiteral("png"));
    });
    QString name = proposedName;
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    dialog.selectFile(name);
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty())
        return;
    const std::filesystem::path path(dialog.selectedFiles().constFirst().toStdU16String());
    const std::optional<FigureFormat> format = figureFormatOf(path);
    if (!format) {
        QMessageBox::warning(parent, say("Save figure"),
                             say("A figure is saved as .svg, .pdf or .png; give the file one of these endings."));
        return;
    }
    if (const Result<void> saved = saveFigure(figure, path, *format); !saved)
        QMessageBox::warning(parent, say("Save figure"), QString::fromStdString(saved.error().message));
}

} // namespace dispersa
