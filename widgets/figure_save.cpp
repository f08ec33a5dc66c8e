// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/os_file.h"
#include "widgets/figure.h"
#include "widgets/figure_canvas_p.h"

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <new>

namespace dispersa {
namespace {

constexpr int unitsPerInch = 720;

bool writeSvg(const Figure& figure, QBuffer& buffer)
{
    const QSizeF size = figure.size_mm();
    const QSizeF units = size * unitsPerMm;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(unitsPerInch);
    generator.setSize(QSize(int(std::ceil(units.width())), int(std::ceil(units.height()))));
    generator.setViewBox(QRectF(QPointF(0, 0), units));
    generator.setTitle(QStringLiteral("Dispersa figure"));
    generator.setDescription(QStringLiteral("Made with Dispersa " DISPERSA_VERSION));
    QPainter painter;
    if (!painter.begin(&generator))
        return false;
    figure.paint(painter, QRectF(QPointF(0, 0), units));
    painter.end();
    // Browsers and Inkscape smooth pictures unless told otherwise.
    QByteArray text = buffer.data();
    text.replace("<image ", "<image style=\"image-rendering:pixelated\" ");
    buffer.close();
    buffer.setData(text);
    return true;
}

bool writePdf(const Figure& figure, QBuffer& buffer)
{
    const QSizeF size = figure.size_mm();
    QPdfWriter writer(&buffer);
    writer.setResolution(unitsPerInch);
    writer.setPageSize(QPageSize(size, QPageSize::Millimeter, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setTitle(QStringLiteral("Dispersa figure"));
    writer.setCreator(QStringLiteral("Dispersa " DISPERSA_VERSION));
    QPainter painter;
    if (!painter.begin(&writer))
        return false;
    figure.paint(painter, QRectF(QPointF(0, 0), size * unitsPerMm));
    return painter.end();
}

} // namespace

Result<void> saveFigure(const Figure& figure, const std::filesystem::path& path, FigureFormat format, int dpi)
{
    if (figure.cells().empty())
        return fail(ErrorCode::InvalidArgument, "The figure " + path.string() + " has no panel to save.", path);
    if (format == FigureFormat::Png && (dpi < 30 || dpi > 2400))
        return fail(ErrorCode::InvalidArgument,
                    "The resolution " + std::to_string(dpi) + " dpi of " + path.string() +
                        " is outside 30 to 2400; choose one between.",
                    path, {std::to_string(dpi)});
    QBuffer buffer;
    buffer.open(QIODevice::ReadWrite);
    bool made = false;
    switch (format) {
    case FigureFormat::Svg:
        made = writeSvg(figure, buffer);
        break;
    case FigureFormat::Pdf:
        made = writePdf(figure, buffer);
        break;
    case FigureFormat::Png: {
        const QImage image = figure.toImage(dpi);
        made = !image.isNull() && image.save(&buffer, "PNG");
        break;
    }
    }
    const QByteArray& bytes = buffer.data();
    if (!made || bytes.isEmpty())
        return fail(ErrorCode::WriteFailed,
                    "The figure " + path.string() + " could not be drawn; try a lower resolution.", path);
    return writeFileAtomically(path, std::string_view(bytes.constData(), std::size_t(bytes.size())));
}

QByteArray figureSvg(const Figure& figure)
{
    QBuffer buffer;
    buffer.open(QIODevice::ReadWrite);
    return !figure.cells().empty() && writeSvg(figure, buffer) ? buffer.data() : QByteArray();
}

std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& path)
{
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    if (ending == ".svg")
        return FigureFormat::Svg;
    if (ending == ".pdf")
        return FigureFormat::Pdf;
    if (ending == ".png")
        return FigureFormat::Png;
    return std::nullopt;
}

} // namespace dispersa
