// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/map_export.h"

#include "app/settings/app_settings.h"
#include "app/tasks/message_log.h"
#include "core/io/map_writers.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(MapExport)
};

} // namespace

void exportMapWithDialog(QWidget* parent, const ElementMap& map, const QString& scan, MessageLog& messages)
{
    const QString name = scan + u'-' + QString::fromStdString(map.quantity) + QStringLiteral(".mrc");
    const QString path = QFileDialog::getSaveFileName(
        parent, Text::tr("Save the map's data"), QDir(AppSettings::load().lastFolder).filePath(name),
        Text::tr("MRC (*.mrc);;TIFF, 32 bit (*.tif *.tiff);;Comma-separated values (*.csv)"));
    if (path.isEmpty())
        return;
    const std::filesystem::path file(path.toStdU16String());
    const QString suffix = QFileInfo(path).suffix().toLower();
    Result<void> written;
    if (suffix == QLatin1String("csv"))
        written = writeMapCsv(map, file);
    else if (suffix == QLatin1String("tif") || suffix == QLatin1String("tiff"))
        written = writeTiff(map, {}, file);
    else
        written = writeMrc(map, {}, file);
    if (written)
        messages.addNote(Text::tr("The map was saved as %1.").arg(QDir::toNativeSeparators(path)));
    else
        messages.addError(written.error(), scan);
}

} // namespace dispersa
