// SPDX-License-Identifier: GPL-3.0-or-later
// Figures: size and layout, clipping of the SVG's geometry, PDF and PNG, errors.
#include "widgets/figure.h"

#include <QDir>
#include <QFile>
#include <QImageReader>
#include <QPainterPath>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QTransform>
#include <QXmlStreamReader>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr double unitsPerMm = 720.0 / 25.4;

struct Drawn {
    QRectF bounds;
    QString color; ///< stroke or fill that is not "none"
};

struct SvgContent {
    std::vector<Drawn> geometry;
    QStringList texts;
    int images = 0;
    bool pixelated = true;
};

QRectF numbersBounds(const QString& text, bool path)
{
    // A path's letters M, L, C and Z are followed by absolute coordinates: Qt writes nothing else.
    static const QRegularExpression number(QStringLiteral("-?[0-9.]+(e-?[0-9]+)?"));
    QList<double> values;
    auto match = number.globalMatch(text);
    while (match.hasNext())
        values.append(match.next().captured().toDouble());
    QRectF bounds;
    bool first = true;
    for (qsizetype i = 0; i + 1 < values.size(); i += 2) {
        const QRectF point(values[i], values[i + 1], 1e-9, 1e-9);
        bounds = first ? point : bounds | point;
        first = false;
    }
    return path || !first ? bounds : QRectF();
}

SvgContent parseSvg(const QByteArray& svg)
{
    SvgContent content;
    QXmlStreamReader xml(svg);
    struct State {
        QTransform transform;
        QString stroke;
        QString fill;
    };
    QList<State> states = {{}};
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::EndElement)
            states.removeLast();
        if (token != QXmlStreamReader::StartElement)
            continue;
        State state = states.last();
        const QXmlStreamAttributes a = xml.attributes();
        if (a.hasAttribute("stroke"))
            state.stroke = a.value("stroke").toString();
        if (a.hasAttribute("fill"))
            state.fill = a.value("fill").toString();
        if (a.hasAttribute("transform")) {
            const QStringList m = a.value("transform").toString().remove("matrix(").remove(')').split(',');
            if (m.size() == 6)
                state.transform = QTransform(m[0].toDouble(), m[1].toDouble(), m[2].toDouble(), m[3].toDouble(),
                                             m[4].toDouble(), m[5].toDouble());
        }
        states.append(state);
        const QString name = xml.name().toString();
        const auto real = [&](const char* key) { return a.value(QLatin1String(key)).toDouble(); };
        QRectF bounds;
        if (name == "polyline" || name == "polygon")
            bounds = numbersBounds(a.value("points").toString(), false);
        else if (name == "path")
            bounds = numbersBounds(a.value("d").toString(), true);
        else if (name == "rect")
            bounds = QRectF(real("x"), real("y"), real("width"), real("height"));
        else if (name == "circle")
            bounds = QRectF(real("cx") - real("r"), real("cy") - real("r"), 2 * real("r"), 2 * real("r"));
        else if (name == "ellipse")
            bounds = QRectF(real("cx") - real("rx"), real("cy") - real("ry"), 2 * real("rx"), 2 * real("ry"));
        else if (name == "line")
            bounds = QRectF(QPointF(real("x1"), real("y1")), QPointF(real("x2"), real("y2"))).normalized();
        else if (name == "image") {
            ++content.images;
            content.pixelated = content.pixelated && a.value("style").contains(QLatin1String("pixelated"));
        } else if (name == "text") {
            content.texts.append(xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed());
            states.removeLast();
            continue;
        }
        if (bounds.isNull())
            continue;
        const bool stroked = !state.stroke.isEmpty() && state.stroke != "none";
        content.geometry.push_back({state.transform.mapRect(bounds), stroked ? state.stroke : state.fill});
    }
    return content;
}

ImagePanel imagePanel(int height, int width)
{
    auto values = std::make_shared<std::vector<float>>();
    for (int i = 0; i < height * width; ++i)
        values->push_back(float(i % width) / float(width));
    ImagePanel panel;
    panel.height = height;
    panel.width = width;
    panel.values = values;
    panel.pixelSize = 1.053;
    return panel;
}

QByteArray read(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class FigureTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    std::filesystem::path path(const char* name) const { return m_folder.filePath(name).toStdString(); }

  private Q_SLOTS:
    void nothingIsDrawnOutsideTheAxes()
    {
        // Every panel has data far outside its fixed range, each in a colour of its own.
        Figure figure = Figure::grid(2, 2);
        LinePanel lines;
        lines.series = {{"a", {-50, 0, 5, 10, 60}, {-9, 0.5, 40, 0.2, 1}, QColor(1, 2, 3), false, true, true}};
        lines.markers = {{200, "far", QColor(4, 5, 6)}, {5, "near", QColor(4, 5, 6)}};
        lines.xRange = ValueRange{0, 10};
        lines.yRange = ValueRange{0, 1};
        BarPanel bars;
        bars.categories = {"O", "Te"};
        bars.groups = {{"0037", {5.0, -3.0}, QColor(7, 8, 9), {2.0, 9.0}}};
        bars.yRange = ValueRange{-1, 1};
        ScatterPanel scatter;
        scatter.density = false;
        scatter.range = ValueRange{0, 1};
        for (int i = 0; i < 400; ++i) {
            scatter.x.push_back(float(i) / 100 - 1);
            scatter.y.push_back(float((i * 37) % 400) / 100 - 1);
        }
        ImagePanel image = imagePanel(20, 30);
        image.shapes = {{circleShape({0, 0}, 12), QColor(13, 14, 15), "grain"}};
        figure.set(0, 0, lines).set(0, 1, bars).set(1, 0, scatter).set(1, 1, image);
        QVERIFY(saveFigure(figure, path("clip.svg"), FigureFormat::Svg));

        const SvgContent content = parseSvg(read(m_folder.filePath("clip.svg")));
        const std::vector<QRectF> axes = figure.axesRects_mm();
        const QHash<QString, int> owner = {
            {"#010203", 0}, {"#040506", 0}, {"#070809", 1}, {"#0072b2", 2}, {"#0d0e0f", 3}};
        QList<int> found(4, 0);
        const QRectF page(QPointF(0, 0), figure.size_mm() * unitsPerMm);
        for (const Drawn& drawn : content.geometry) {
            QVERIFY2(page.adjusted(-2, -2, 2, 2).contains(drawn.bounds), qPrintable(drawn.color));
            const auto who = owner.find(drawn.color);
            if (who == owner.end())
                continue;
            const QRectF& mm = axes[std::size_t(*who)];
            const QRectF inside(mm.topLeft() * unitsPerMm, mm.size() * unitsPerMm);
            // Three decimals are written to the file.
            QVERIFY2(inside.adjusted(-0.01, -0.01, 0.01, 0.01).contains(drawn.bounds), qPrintable(drawn.color));
            found[*who] += 1;
        }
        for (const int count : found)
            QVERIFY(count > 0); // and the data is there
        QVERIFY(content.texts.contains("near"));
        QVERIFY(!content.texts.contains("far"));
    }

    void svgKeepsTextAndSharpPixels()
    {
        Figure figure = Figure::grid(2, 3);
        figure.setColumnHeaders({"O", "Si", "Ge"}).setRowLabels({"real", "predicted"});
        for (int row = 0; row < 2; ++row)
            for (int column = 0; column < 3; ++column)
                figure.set(row, column, imagePanel(70, 45));
        for (int column = 0; column < 3; ++column)
            figure.setColumnColorBar(column, {ColorMap::Viridis, {0, 1}, DisplayScaling::Linear, "fraction"});
        QVERIFY(saveFigure(figure, path("maps.svg"), FigureFormat::Svg));
        const QByteArray svg = read(m_folder.filePath("maps.svg"));
        const SvgContent content = parseSvg(svg);
        for (const char* text : {"O", "Si", "Ge", "real", "predicted", "fraction"})
            QVERIFY2(content.texts.contains(QLatin1String(text)), text);
        QVERIFY(content.texts.contains(QString::fromUtf8("20\u00a0nm")));
        QVERIFY(svg.contains("font-family=\"Arial\""));
        QCOMPARE(content.images, 6 + 3);
        QVERIFY(content.pixelated);
        QVERIFY(QSvgRenderer(svg).isValid());
        // Six equal maps with the proportions of 70 x 45 pixels.
        const std::vector<QRectF> axes = figure.axesRects_mm();
        QCOMPARE(axes.size(), std::size_t(6));
        for (const QRectF& rect : axes)
            QVERIFY(std::abs(rect.height() / rect.width() - 70.0 / 45) < 1e-6);
        QVERIFY(!axes[0].intersects(axes[1]));
        QVERIFY(std::abs(figure.size_mm().width() - 180) < 1e-9);
    }

    void pdfAndPngAreMade()
    {
        ImagePanel image = imagePanel(40, 40);
        image.title = "HAADF";
        image.colorBar = true;
        const Figure figure = Figure::single(image);
        QVERIFY(saveFigure(figure, path("one.pdf"), FigureFormat::Pdf));
        const QByteArray pdf = read(m_folder.filePath("one.pdf"));
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.contains("/Font"));
        QVERIFY(!pdf.contains("DCTDecode")); // no lossy pictures
        QVERIFY(saveFigure(figure, path("one.png"), FigureFormat::Png, 254));
        const QImage png(m_folder.filePath("one.png"));
        QVERIFY(std::abs(png.width() - 850) <= 1); // 85 mm at 10 dots per mm
        QCOMPARE(png.dotsPerMeterX(), 10000);
        // Nearest neighbour: only the 40 colours of the columns inside the image.
        const QRectF axes = figure.axesRects_mm()[0];
        QSet<QRgb> colours;
        for (int x = int(axes.left() * 10) + 3; x < int(axes.right() * 10) - 3; ++x)
            colours.insert(png.pixel(x, int(axes.top() * 10) + 40));
        QVERIFY(colours.size() <= 40);
        QVERIFY(colours.size() >= 35);
    }

    void errorsLeaveNoFile()
    {
        const Figure figure = Figure::single(imagePanel(4, 4));
        const Result<void> empty = saveFigure(Figure(), path("empty.svg"), FigureFormat::Svg);
        QVERIFY(!empty);
        QCOMPARE(empty.error().code, ErrorCode::InvalidArgument);
        const Result<void> resolution = saveFigure(figure, path("big.png"), FigureFormat::Png, 100000);
        QCOMPARE(resolution.error().code, ErrorCode::InvalidArgument);
        QVERIFY(read(m_folder.filePath("blocker")).isEmpty());
        QFile blocker(m_folder.filePath("blocker"));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        blocker.close();
        const Result<void> folder = saveFigure(figure, path("blocker/figure.svg"), FigureFormat::Svg);
        QVERIFY(!folder);
        QCOMPARE(folder.error().code, ErrorCode::WriteFailed);
        QVERIFY(!QFile::exists(m_folder.filePath("big.png")));
        QCOMPARE(figureFormatOf("a/b.PDF"), FigureFormat::Pdf);
        QVERIFY(!figureFormatOf("a/b.jpg"));
    }

    void matrixWritesDashes()
    {
        MatrixPanel matrix;
        matrix.rowLabels = matrix.columnLabels = {"O", "Te"};
        matrix.values = {1.0, -0.254, std::nullopt, 1.0};
        QVERIFY(saveFigure(Figure::single(matrix, 60), path("matrix.svg"), FigureFormat::Svg));
        const SvgContent content = parseSvg(read(m_folder.filePath("matrix.svg")));
        QVERIFY(content.texts.contains(QString::fromUtf8("–")));
        QVERIFY(content.texts.contains(QString::fromUtf8("−0.25")));
        QVERIFY(!content.texts.contains("0.00"));
    }

    void spansAndOutOfRangeCells()
    {
        Figure figure = Figure::grid(2, 2, 100);
        LinePanel lines;
        lines.series = {{"a", {0, 1}, {0, std::numeric_limits<double>::quiet_NaN()}}};
        figure.set(0, 0, lines, 1, 5).set(1, 0, TextPanel{"left"}).set(7, 7, TextPanel{"nowhere"});
        QCOMPARE(figure.cells().size(), std::size_t(2));
        QCOMPARE(figure.cells()[0].columnSpan, 2);
        QVERIFY(figure.axesRects_mm()[0].width() > 70);
        QVERIFY(!figure.toImage(50).isNull());
    }
};

QTEST_MAIN(FigureTest)
#include "tst_figure.moc"
