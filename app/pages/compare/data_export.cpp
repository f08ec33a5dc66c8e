// SPDX-License-Identifier: GPL-3.0-or-later
// Saving values; see data_export.h.
#include "app/pages/compare/data_export.h"

#include "app/tasks/message_log.h"
#include "core/base/os_file.h"
#include "core/io/map_writers.h"

#include <QCoreApplication>
#include <QFileDialog>

namespace dispersa {

namespace {
QString text(const char* source)
{
    return QCoreApplication::translate("DataExport", source);
}

void tell(const Result<void>& result, const QString& file, MessageLog& messages)
{
    if (result)
        messages.addNote(text("Saved %1.").arg(QDir::toNativeSeparators(file)));
    else
        messages.addError(result.error());
}
} // namespace

void saveMapWithDialog(QWidget* parent, const ElementMap& map, ScanPoint cropOrigin, MessageLog& messages)
{
    QString filter;
    QString file = QFileDialog::getSaveFileName(
        parent, text("Save the map's values"), QString::fromStdString(map.quantity) + QStringLiteral(".mrc"),
        text("MRC (*.mrc);;TIFF, float32 (*.tif);;Comma-separated values (*.csv)"), &filter);
    if (file.isEmpty())
        return;
    QString ending = QFileInfo(file).suffix().toLower();
    if (ending.isEmpty()) {
        ending = filter.contains(QLatin1String("tif"))   ? QStringLiteral("tif")
                 : filter.contains(QLatin1String("csv")) ? QStringLiteral("csv")
                                                         : QStringLiteral("mrc");
        file += QLatin1Char('.') + ending;
    }
    const std::filesystem::path path(file.toStdString());
    if (ending == QLatin1String("csv"))
        tell(writeMapCsv(map, path), file, messages);
    else if (ending == QLatin1String("tif") || ending == QLatin1String("tiff"))
        tell(writeTiff(map, cropOrigin, path), file, messages);
    else
        tell(writeMrc(map, cropOrigin, path), file, messages);
}

void saveTextWithDialog(QWidget* parent, const QString& proposedName, const QString& filter, const std::string& content,
                        MessageLog& messages)
{
    const QString file = QFileDialog::getSaveFileName(parent, text("Save the values"), proposedName, filter);
    if (!file.isEmpty())
        tell(writeFileAtomically(std::filesystem::path(file.toStdString()), content), file, messages);
}

} // namespace dispersa
