// SPDX-License-Identifier: GPL-3.0-or-later
// A figure independent of the screen: panels in a grid on a page in mm, painted by QPainter and saved as SVG, PDF or
// PNG.
//
//   Figure f = Figure::grid(2, 5);
//   f.setColumnHeaders({"O", "Si", "Ge", "Sb", "Te"}).setRowLabels({"real", "predicted"});
//   f.set(0, 0, realMap).set(1, 0, predictedMap).setColumnColorBar(0, colors);
//   saveFigure(f, "maps.svg", FigureFormat::Svg);
#pragma once

#include "core/base/error.h"
#include "widgets/figure_panels.h"

#include <QByteArray>
#include <QImage>
#include <QRectF>
#include <QSizeF>

#include <filesystem>
#include <map>
#include <optional>
#include <vector>

class QPainter;

namespace dispersa {

struct FigureStyle {
    QString fontFamily = QStringLiteral("Arial");
    double fontSize_pt = 8; ///< tick labels; titles are 1 pt larger
    QColor background = Qt::white;
    QColor text = Qt::black;
    QColor axis = QColor(0x26, 0x26, 0x26);
    QColor grid = QColor(0xe2, 0xe2, 0xe2);
    QColor subdued = QColor(0x80, 0x80, 0x80);
};

enum class FigureFormat { Svg, Pdf, Png };

class Figure {
  public:
    Figure() = default;
    /// One panel; height follows from the panel (image: its aspect ratio; plots: 3/4 of the width).
    static Figure single(FigurePanel panel, double width_mm = 85);
    /// rows x columns empty cells; rows are as high as their panels want.
    static Figure grid(int rows, int columns, double width_mm = 180);

    Figure& set(int row, int column, FigurePanel panel, int rowSpan = 1, int columnSpan = 1);
    Figure& setTitle(const QString& title);
    /// Bold words above the columns and, turned, left of the rows.
    Figure& setColumnHeaders(const QStringList& headers);
    Figure& setRowLabels(const QStringList& labels);
    /// A horizontal colour bar below a column; a vertical one right of a row.
    Figure& setColumnColorBar(int column, const ColorScale& scale);
    Figure& setRowColorBar(int row, const ColorScale& scale);
    /// Fixed height of a row, and relative widths of columns (default: equal).
    Figure& setRowHeight(int row, double height_mm);
    Figure& setColumnWeights(std::vector<double> weights);
    Figure& setStyle(const FigureStyle& style);
    const FigureStyle& style() const { return m_style; }

    int rows() const { return m_rows; }
    int columns() const { return m_columns; }
    QSizeF size_mm() const;

    /// Paints the page into `target` (painter units), keeping proportions.
    void paint(QPainter& painter, const QRectF& target) const;
    QImage toImage(int dpi = 200) const;
    /// Rectangles of the axes (where data is drawn), in mm from the page's top left, in the order of set().
    std::vector<QRectF> axesRects_mm() const;

    struct Cell {
        int row = 0;
        int column = 0;
        int rowSpan = 1;
        int columnSpan = 1;
        FigurePanel panel = {};
    };
    const std::vector<Cell>& cells() const { return m_cells; }

  private:
    friend class FigureLayout;
    int m_rows = 0;
    int m_columns = 0;
    double m_width_mm = 180;
    QString m_title;
    QStringList m_columnHeaders;
    QStringList m_rowLabels;
    std::map<int, ColorScale> m_columnBars;
    std::map<int, ColorScale> m_rowBars;
    std::map<int, double> m_rowHeights_mm;
    std::vector<double> m_columnWeights;
    std::vector<Cell> m_cells;
    FigureStyle m_style;
};

/// Writes atomically. `dpi` counts for PNG. Geometry outside the axes is cut off by ourselves (Qt 6.4's SVG writer
/// ignores clipping), text stays text. Errors: InvalidArgument (empty figure, dpi outside 30..2400), WriteFailed.
Result<void> saveFigure(const Figure& figure, const std::filesystem::path& path, FigureFormat format, int dpi = 300);
/// The SVG text, e.g. for the clipboard; empty if it cannot be drawn.
QByteArray figureSvg(const Figure& figure);
/// Format by the file name's ending; nullopt for others than svg, pdf, png.
std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& path);

} // namespace dispersa
