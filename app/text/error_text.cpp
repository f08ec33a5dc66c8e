// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/error_text.h"

#include "core/workflow/map_alignment.h"

#include <QCoreApplication>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ErrorText)
};

QString argument(const Error& error, std::size_t index, const QString& otherwise)
{
    return index < error.arguments.size() ? QString::fromStdString(error.arguments[index]) : otherwise;
}

/// The file's name in quotes, or words that stand for it.
QString fileName(const Error& error)
{
    const std::string name = error.file.filename().empty() ? error.file.string() : error.file.filename().string();
    return name.empty() ? Text::tr("The file") : u'“' + QString::fromStdString(name) + u'”';
}

/// A translated beginning, then the particulars the core gave.
QString withParticulars(const QString& lead, const Error& error)
{
    return error.message.empty() ? lead : lead + u' ' + QString::fromStdString(error.message);
}

} // namespace

QString errorText(const Error& error)
{
    const QString file = fileName(error);
    switch (error.code) {
    case ErrorCode::Cancelled:
        return Text::tr("Stopped, as you asked.");
    case ErrorCode::InvalidArgument:
        return withParticulars(Text::tr("A setting is outside its range."), error);
    case ErrorCode::FileNotFound:
        return Text::tr(
                   "%1 is not there any more or was never written. Look for it at %2, or remove it from the study.")
            .arg(file, QString::fromStdString(error.file.string()));
    case ErrorCode::FileUnreadable:
        return withParticulars(
            Text::tr("%1 cannot be read. Check that you may open it and that no other program holds it.").arg(file),
            error);
    case ErrorCode::FileTruncated:
        return withParticulars(Text::tr("%1 ends too early; copy it again if the original is longer.").arg(file),
                               error);
    case ErrorCode::FormatUnknown:
        return Text::tr("%1 is in no format that Dispersa reads. Convert it to MRC, TIFF or EMD HDF5.").arg(file);
    case ErrorCode::FormatInvalid:
        return withParticulars(Text::tr("%1 is damaged or not what its name says.").arg(file), error);
    case ErrorCode::FormatUnsupported:
        return withParticulars(Text::tr("%1 uses a feature that Dispersa cannot read.").arg(file), error);
    case ErrorCode::DatasetMissing:
        return withParticulars(error.file.empty() ? Text::tr("There is nothing here to open.")
                                                  : Text::tr("%1 does not contain what was looked for.").arg(file),
                               error);
    case ErrorCode::ScanShapeUnknown:
        return Text::tr(
                   "%1 is a stack of patterns and does not tell its scan grid. Set its scan shape (menu Scan, Ctrl+G), or "
                   "add a map of the same scan.")
            .arg(file);
    case ErrorCode::ShapeMismatch:
        if (isMendedByAlignment(error))
            return Text::tr("Scan %1: the map of %2 has %3 pixels, the patterns %4 positions. Align the maps, or choose other "
                            "ones.")
                .arg(argument(error, 2, {}), argument(error, 3, {}), argument(error, 0, {}), argument(error, 1, {}));
        if (error.arguments.size() >= 2)
            return withParticulars(Text::tr("Two grids that must agree differ: %1 and %2.")
                                       .arg(argument(error, 0, {}), argument(error, 1, {})),
                                   error);
        return withParticulars(Text::tr("Two grids that must agree differ."), error);
    case ErrorCode::StudyInvalid:
        return withParticulars(
            Text::tr("The study cannot be used as it is; look at “%1”.").arg(argument(error, 0, Text::tr("its text"))),
            error);
    case ErrorCode::UnknownRecipe:
        return withParticulars(Text::tr("The study names a recipe that does not exist."), error);
    case ErrorCode::PatternTooSmall: {
        const QString small =
            Text::tr("The network cannot take patterns of %1 pixels; it needs at least %2.")
                .arg(argument(error, 0, Text::tr("this many")), argument(error, 1, QStringLiteral("94")));
        const QString bin = argument(error, 2, QStringLiteral("1"));
        return bin.toInt() > 1 ? small + u' ' + Text::tr("Use a smaller bin than %1.").arg(bin) : small;
    }
    case ErrorCode::NothingToTrain:
        return withParticulars(Text::tr("There is nothing to train on. Give a scan that has maps the role Train."),
                               error);
    case ErrorCode::ModelInvalid:
        return withParticulars(Text::tr("%1 is damaged or not a model of Dispersa.").arg(file), error);
    case ErrorCode::ModelMismatch:
        return withParticulars(Text::tr("The trained model does not fit this scan."), error);
    case ErrorCode::DeviceUnavailable:
        return withParticulars(Text::tr("The computing device cannot be used. Choose the CPU or a smaller batch."),
                               error);
    case ErrorCode::OutOfMemory:
        return withParticulars(Text::tr("The memory does not suffice. Close other programs or use a larger bin."),
                               error);
    case ErrorCode::WriteFailed:
        return withParticulars(
            Text::tr("%1 could not be written. Check that the folder may be written and the disk has room.").arg(file),
            error);
    case ErrorCode::Internal:
        return withParticulars(Text::tr("Something went wrong inside Dispersa; please report it."), error);
    }
    return QString::fromStdString(error.message);
}

QString warningText(const Warning& warning)
{
    const QString text = QString::fromStdString(warning.message.empty() ? warning.code : warning.message);
    const QString scan = QString::fromStdString(warning.scan);
    return scan.isEmpty() || text.contains(scan) ? text : Text::tr("Scan %1: %2").arg(scan, text);
}

} // namespace dispersa
