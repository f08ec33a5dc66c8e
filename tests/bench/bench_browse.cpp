// SPDX-License-Identifier: GPL-3.0-or-later
// How browsing a scan of 649 MB feels, in the window's own panes without a screen: time to the first picture, frames per
// second while a detector or the probe marker is dragged, memory.
//   QT_QPA_PLATFORM=offscreen bench_browse [FOLDER]
#include "app/pages/scans/diffraction_pane.h"
#include "app/pages/scans/scan_pane.h"
#include "core/io/datacube_writer.h"
#include "tests/support/memory_use.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPaintEvent>

#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

constexpr ScanShape grid{110, 45};
constexpr PatternShape pattern{256, 256};
constexpr int dragging_ms = 3000;
constexpr int mouse_ms = 4; ///< a quick mouse reports so often

[[noreturn]] void giveUp(const std::string& why)
{
    std::fprintf(stderr, "bench_browse: %s\n", why.c_str());
    std::exit(1);
}

void writeScan(const fs::path& path)
{
    auto writer = DataCubeWriter::create(path, {grid, pattern, ElementType::UInt16, {}, false});
    if (!writer)
        giveUp(writer.error().message);
    std::vector<std::uint16_t> values(static_cast<std::size_t>(pattern.count()));
    std::uint32_t state = 1;
    for (std::int64_t i = 0; i < grid.count(); ++i) {
        for (std::uint16_t& value : values) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<std::uint16_t>((state >> 20) & (state >> 24));
        }
        if (auto done = (*writer)->append(std::as_bytes(std::span(values))); !done)
            giveUp(done.error().message);
    }
    if (auto done = (*writer)->commit(); !done)
        giveUp(done.error().message);
}

/// Counts pictures that reached the screen: paints of a view that show other values than the paint before.
class Frames : public QObject {
  public:
    explicit Frames(ImageView* view) : m_view(view) { view->installEventFilter(this); }
    int count = 0;

  protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && m_view->hasImage() && m_view->imageValues() != m_last) {
            m_last = m_view->imageValues();
            ++count;
        }
        return false;
    }

  private:
    ImageView* m_view;
    std::shared_ptr<const std::vector<float>> m_last;
};

void mouse(QWidget* widget, QEvent::Type type, QPointF at)
{
    const bool release = type == QEvent::MouseButtonRelease;
    QMouseEvent event(type, at, widget->mapToGlobal(at), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                      release ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(widget, &event);
}

struct Bench {
    TaskRunner tasks;
    MessageLog messages;
    QWidget window;
    DiffractionPane* diffraction = new DiffractionPane(tasks, messages, &window);
    ScanPane* scan = new ScanPane(&window);
    PatternView* patternView = nullptr;
    MapView* mapView = nullptr;
    std::int64_t mostMemory = 0;

    Bench()
    {
        auto* layout = new QHBoxLayout(&window);
        layout->addWidget(diffraction);
        layout->addWidget(scan);
        QObject::connect(scan, &ScanPane::markerMoved, diffraction, &DiffractionPane::setProbe);
        QObject::connect(diffraction, &DiffractionPane::virtualImagesChanged, scan, &ScanPane::setVirtualImages);
        patternView = diffraction->findChild<PatternView*>("scans_pattern");
        mapView = scan->findChild<MapView*>("scans_map");
        window.resize(1000, 700);
        window.show();
        settle();
    }

    void turn()
    {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        mostMemory = std::max(mostMemory, test::ownMemory().value_or(0));
    }
    void settle()
    {
        do
            turn();
        while (!tasks.isIdle());
        turn();
    }
    void choose(const char* name, int index)
    {
        auto* box = diffraction->findChild<QComboBox*>(name);
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }

    /// Drags from `from` on a circle for a while; frames of `shown` per second.
    double drag(ImageView* view, ImagePoint from, double radius, ImageView* shown)
    {
        Frames frames(shown);
        QElapsedTimer clock;
        clock.start();
        mouse(view, QEvent::MouseButtonPress, view->toWidget(from));
        for (qint64 last = 0; clock.elapsed() < dragging_ms;) {
            if (clock.elapsed() - last >= mouse_ms) {
                last = clock.elapsed();
                const double angle = double(last) / 300;
                mouse(view, QEvent::MouseMove,
                      view->toWidget({from.y + radius * std::sin(angle), from.x + radius * (1 - std::cos(angle))}));
            }
            turn();
        }
        const double rate = frames.count * 1000.0 / double(clock.elapsed());
        mouse(view, QEvent::MouseButtonRelease, view->toWidget(from));
        settle();
        return rate;
    }
};

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const fs::path folder = (argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path()) / "dispersa-bench-browse";
    const fs::path path = folder / "scan.h5";
    writeScan(path); // and warm: it was just written
    Bench bench;
    const std::int64_t idle = test::ownMemory().value_or(0);
    bench.mostMemory = 0;

    QElapsedTimer clock;
    clock.start();
    StudyScan entry;
    entry.name = "scan";
    entry.diffraction = DiffractionSource{path};
    const auto opened = openScan(entry, {});
    if (!opened)
        giveUp(opened.error().message);
    Frames patterns(bench.patternView), images(bench.mapView);
    bench.scan->setScan(*opened, {});
    bench.diffraction->setProbe(bench.scan->marker());
    bench.diffraction->setScan(*opened, {});
    while (patterns.count == 0)
        bench.turn();
    const qint64 firstPattern = clock.elapsed();
    bench.choose("detector_box", 4); // a large annulus
    while (images.count == 0)
        bench.turn();
    const qint64 firstImage = clock.elapsed();
    const bool coarse = bench.mapView->title().contains("coarse");
    bench.settle();
    std::printf("open and first pattern          %5lld ms\n", static_cast<long long>(firstPattern));
    std::printf("  and first virtual image       %5lld ms (%s)\n", static_cast<long long>(firstImage),
                coarse ? "coarse" : "complete");
    std::printf("  and complete                  %5lld ms\n", static_cast<long long>(clock.elapsed()));

    const auto drag = [&](const char* what, int shape, int mode) {
        bench.choose("detector_box", shape);
        bench.choose("detector_mode_box", mode);
        bench.settle();
        const Shape detector = *bench.patternView->detector(); // an annulus is taken between its two circles
        const double ring = detector.kind == ShapeKind::Annulus ? (detector.innerRadius + detector.radius) / 2 : 0;
        const double rate = bench.drag(bench.patternView, {detector.centre.y, detector.centre.x + ring}, 20, bench.mapView);
        std::printf("%-31s %5.0f frames/s\n", what, rate);
    };
    drag("dragging a circle, sum", 3, 0);
    drag("dragging an annulus, sum", 4, 0);
    drag("dragging an annulus, maximum", 4, 1);
    drag("dragging an annulus, centre", 4, 2);
    const ScanPoint marker = bench.scan->marker();
    std::printf("%-31s %5.0f frames/s\n", "dragging the probe marker",
                bench.drag(bench.mapView, {double(marker.y), double(marker.x)}, 15, bench.patternView));
    std::printf("own memory (RssAnon): idle %.1f MB, at most %.1f MB more\n", double(idle) / 1e6,
                double(bench.mostMemory - idle) / 1e6);
    fs::remove_all(folder);
    return 0;
}
