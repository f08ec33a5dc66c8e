// SPDX-License-Identifier: GPL-3.0-or-later
// Maps of a training under way; see live_maps.h.
#include "app/pages/train/live_maps.h"

#include "widgets/map_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

std::vector<ElementMap> outputMaps(const TrainingLayout& layout, const std::vector<float>& outputs, int scan)
{
    const std::size_t targets = layout.targets.size();
    const Region crop = layout.crops.at(std::size_t(scan));
    std::vector<ElementMap> maps;
    for (const std::string& target : layout.targets)
        maps.push_back(emptyMap(target, target == "HAADF" ? MapUnit::Arbitrary : MapUnit::Fraction, crop.shape()));
    const std::size_t rows = std::min(layout.pixels.size(), targets ? outputs.size() / targets : 0);
    for (std::size_t row = 0; row < rows; ++row) {
        const TrainingPixel& pixel = layout.pixels[row];
        if (pixel.scan != scan || !crop.contains(pixel.point))
            continue;
        for (std::size_t t = 0; t < targets; ++t)
            maps[t].at(pixel.point.y - crop.y, pixel.point.x - crop.x) = outputs[row * targets + t];
    }
    return maps;
}

LiveMaps::LiveMaps(QWidget* parent)
    : QWidget(parent), m_title(new QLabel(this)), m_scan(new QComboBox(this)), m_row(new QHBoxLayout)
{
    setObjectName("train_live_maps");
    m_scan->setObjectName("train_live_scan");
    m_scan->setAccessibleName(tr("Scan shown"));
    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_scan);
    m_row->setSpacing(10);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(head);
    layout->addLayout(m_row, 1);
    connect(m_scan, &QComboBox::currentIndexChanged, this, &LiveMaps::showScan);
    clear();
}

void LiveMaps::clear()
{
    m_layoutOfRun.reset();
    m_outputs.reset();
    m_run.reset();
    fillScans({});
    setTargets({});
    m_title->setText(tr("Real and predicted maps appear here while the network learns."));
    m_title->setAlignment(Qt::AlignCenter);
}

void LiveMaps::setLayoutOfRun(std::shared_ptr<const TrainingLayout> layout)
{
    if (layout == m_layoutOfRun)
        return;
    m_run.reset();
    m_outputs.reset();
    m_when.clear();
    m_layoutOfRun = std::move(layout);
    m_title->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setTargets(m_layoutOfRun->targets);
    fillScans(m_layoutOfRun->scans);
    showScan();
}

void LiveMaps::setOutputs(std::shared_ptr<const std::vector<float>> outputs, const QString& when)
{
    if (!outputs || outputs == m_outputs || !m_layoutOfRun)
        return;
    m_outputs = std::move(outputs);
    m_when = when;
    showScan();
}

void LiveMaps::setPartial(const PartialPrediction& partial)
{
    m_layoutOfRun.reset();
    m_outputs.reset();
    m_run.reset();
    std::vector<std::string> targets;
    for (const MapPtr& map : partial.predicted)
        targets.push_back(map->quantity);
    setTargets(targets);
    fillScans({});
    m_title->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_title->setText(tr("Predicting %1: %2 %")
                         .arg(QString::fromStdString(partial.scan))
                         .arg(int(100 * partial.share)));
    for (std::size_t i = 0; i < m_pairs.size(); ++i)
        showPair(i, i < partial.real.size() ? partial.real[i] : nullptr, partial.predicted[i]);
}

void LiveMaps::setRun(RunResultPtr run)
{
    if (!run) {
        clear();
        return;
    }
    m_layoutOfRun.reset();
    m_outputs.reset();
    m_run = std::move(run);
    std::vector<std::string> names;
    for (const ScanRole role : {ScanRole::Train, ScanRole::Predict})
        for (const ScanResult& scan : m_run->scans)
            if (scan.role == role)
                names.push_back(scan.name);
    std::vector<std::string> targets;
    if (!m_run->scans.empty())
        for (const QuantityMaps& maps : m_run->scans.front().quantities)
            if (maps.predicted)
                targets.push_back(maps.quantity);
    m_title->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setTargets(targets);
    fillScans(names);
    showScan();
}

void LiveMaps::fillScans(const std::vector<std::string>& names)
{
    const QSignalBlocker blocker(m_scan);
    m_scan->clear();
    for (const std::string& name : names)
        m_scan->addItem(QString::fromStdString(name));
    m_scan->setVisible(m_scan->count() > 1);
}

void LiveMaps::setTargets(const std::vector<std::string>& targets)
{
    bool same = targets.size() == m_pairs.size();
    for (std::size_t i = 0; same && i < targets.size(); ++i)
        same = m_pairs[i].target == QString::fromStdString(targets[i]);
    if (same)
        return;
    for (Pair& pair : m_pairs)
        delete pair.box;
    m_pairs.clear();
    for (const std::string& target : targets) {
        auto* box = new QWidget(this);
        auto* maps = new QBoxLayout(QBoxLayout::LeftToRight, box);
        maps->setContentsMargins(0, 0, 0, 0);
        maps->setSpacing(1);
        Pair pair{QString::fromStdString(target), new MapView(box), new MapView(box), maps, box};
        for (MapView* view : {pair.real, pair.predicted}) {
            view->setColorBarVisible(false);
            view->setScaleBarVisible(false);
            view->setMinimumSize(36, 48);
            maps->addWidget(view);
            m_link.add(view);
        }
        m_row->addWidget(box, 1);
        m_pairs.push_back(pair);
    }
}

void LiveMaps::showPair(std::size_t i, MapPtr real, MapPtr predicted)
{
    const Pair& pair = m_pairs[i];
    if (const MapPtr& map = real ? real : predicted)
        pair.maps->setDirection(map->shape.height > 1.3 * map->shape.width ? QBoxLayout::LeftToRight
                                                                           : QBoxLayout::TopToBottom);
    // Both in the real map's range, so that a flat prediction looks flat.
    std::optional<ValueRange> range;
    if (const MapPtr& basis = real ? real : predicted)
        range = percentileRange(basis->values);
    for (MapView* view : {pair.real, pair.predicted}) {
        const MapPtr& map = view == pair.real ? real : predicted;
        if (map)
            view->setMap(map);
        else
            view->clearImage();
        view->setRange(range);
    }
    // Above the map, which a wide strip centres: a title over both would hang in the air.
    pair.real->setTitle(tr("%1 real").arg(pair.target));
    pair.predicted->setTitle(tr("%1 pred.").arg(pair.target));
    pair.real->setToolTip(tr("%1, real").arg(pair.target));
    pair.predicted->setToolTip(tr("%1, predicted").arg(pair.target));
}

void LiveMaps::showScan()
{
    const std::string name = m_scan->currentText().toStdString();
    if (m_run) {
        const ScanResult* scan = m_run->scan(name);
        if (!scan)
            return;
        m_title->setText(tr("Real | predicted, %1 of this run").arg(m_scan->currentText()));
        for (std::size_t i = 0; i < m_pairs.size(); ++i) {
            const QuantityMaps* maps = scan->quantity(m_pairs[i].target.toStdString());
            showPair(i, maps ? maps->real : nullptr, maps ? maps->predicted : nullptr);
        }
        return;
    }
    if (!m_layoutOfRun)
        return;
    const int index = m_scan->currentIndex();
    if (index < 0)
        return;
    m_title->setText(m_outputs
                         ? tr("Real | predicted so far, %1, %2").arg(m_scan->currentText(), m_when)
                         : tr("Real maps of %1; predictions come while training").arg(m_scan->currentText()));
    std::vector<ElementMap> predicted;
    if (m_outputs)
        predicted = outputMaps(*m_layoutOfRun, *m_outputs, index);
    for (std::size_t i = 0; i < m_pairs.size(); ++i) {
        MapPtr real;
        if (std::size_t(index) < m_layoutOfRun->real.size() && i < m_layoutOfRun->real[std::size_t(index)].size())
            real = m_layoutOfRun->real[std::size_t(index)][i];
        MapPtr map;
        if (i < predicted.size())
            map = std::make_shared<const ElementMap>(std::move(predicted[i]));
        showPair(i, real, map);
    }
}

} // namespace dispersa
