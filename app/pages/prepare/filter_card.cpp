// SPDX-License-Identifier: GPL-3.0-or-later
// The map filter's card.
#include "app/pages/prepare/map_steps.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

namespace dispersa {
namespace {

/// The paper's size for a kind.
int usualSize(MapFilterKind kind)
{
    return kind == MapFilterKind::Bilateral ? 9 : 7;
}

} // namespace

FilterCard::FilterCard(StudyDocument& document, QWidget* parent)
    : StepCard(PrepareStep::MapFilter, true, parent), m_document(document), m_kind(new QComboBox(this)),
      m_size(new QSpinBox(this)), m_sigmaColor(new QDoubleSpinBox(this)), m_sigmaSpace(new QDoubleSpinBox(this)),
      m_sigmas(new QWidget(this))
{
    m_kind->setObjectName(QStringLiteral("map_filter_kind"));
    m_kind->setAccessibleName(tr("Kind of the map filter"));
    m_kind->addItem(tr("Mean"), int(MapFilterKind::Mean));
    m_kind->addItem(tr("Gaussian"), int(MapFilterKind::Gaussian));
    m_kind->addItem(tr("Median"), int(MapFilterKind::Median));
    m_kind->addItem(tr("Bilateral"), int(MapFilterKind::Bilateral));
    m_size->setObjectName(QStringLiteral("map_filter_size"));
    m_size->setAccessibleName(tr("Size of the map filter"));
    m_size->setRange(1, 99);
    m_size->setSingleStep(2);
    m_size->setSuffix(tr(" px"));
    m_size->setToolTip(tr("Width of the filter in map pixels, an odd number"));
    row()->addWidget(m_kind);
    row()->addWidget(m_size);
    row()->addStretch();
    const auto prepareSigma = [](QDoubleSpinBox* box, const QString& name, const QString& text) {
        box->setObjectName(name);
        box->setAccessibleName(text);
        box->setToolTip(text);
        box->setRange(0.001, 100000);
        box->setDecimals(3);
    };
    prepareSigma(m_sigmaColor, QStringLiteral("map_filter_sigma_color"), tr("Width in units of the map's values"));
    prepareSigma(m_sigmaSpace, QStringLiteral("map_filter_sigma_space"), tr("Width in map pixels"));
    auto* grid = new QGridLayout(m_sigmas);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(new QLabel(tr("Sigma, values"), m_sigmas), 0, 0);
    grid->addWidget(m_sigmaColor, 0, 1);
    grid->addWidget(new QLabel(tr("Sigma, space"), m_sigmas), 1, 0);
    grid->addWidget(m_sigmaSpace, 1, 1);
    layout()->addWidget(m_sigmas);
    m_sigmaColor->installEventFilter(this);
    m_sigmaSpace->installEventFilter(this);

    connect(this, &StepCard::switched, this, [this](bool on) {
        change([on](MapFilterOptions& options) {
            options.kind = on ? MapFilterKind::Gaussian : MapFilterKind::None;
            options.size = usualSize(options.kind);
        });
        ++m_gesture;
    });
    connect(m_kind, &QComboBox::activated, this, [this] {
        change([this](MapFilterOptions& options) {
            const auto kind = MapFilterKind(m_kind->currentData().toInt());
            if (options.size == usualSize(options.kind))
                options.size = usualSize(kind);
            options.kind = kind;
        });
        ++m_gesture;
    });
    connect(m_size, &QSpinBox::valueChanged, this, [this](int size) {
        change([size](MapFilterOptions& options) { options.size = size | 1; }); // filters have a middle: odd sizes
    });
    connect(m_sigmaColor, &QDoubleSpinBox::valueChanged, this,
            [this](double sigma) { change([sigma](MapFilterOptions& options) { options.sigmaColor = sigma; }); });
    connect(m_sigmaSpace, &QDoubleSpinBox::valueChanged, this,
            [this](double sigma) { change([sigma](MapFilterOptions& options) { options.sigmaSpace = sigma; }); });
    for (QAbstractSpinBox* box : {static_cast<QAbstractSpinBox*>(m_size), static_cast<QAbstractSpinBox*>(m_sigmaColor),
                                  static_cast<QAbstractSpinBox*>(m_sigmaSpace)})
        connect(box, &QAbstractSpinBox::editingFinished, this, [this] {
            ++m_gesture;
            refresh();
        });
    connect(&document, &StudyDocument::changed, this, &FilterCard::refresh);
    refresh();
}

void FilterCard::change(const std::function<void(MapFilterOptions&)>& edit)
{
    MapFilterOptions options = m_document.study().mapFilter;
    edit(options);
    m_document.setMapFilter(options, m_gesture);
}

void FilterCard::refresh()
{
    const MapFilterOptions& options = m_document.study().mapFilter;
    const bool on = options.kind != MapFilterKind::None;
    const QSignalBlocker sizeBlocker(m_size);
    const QSignalBlocker colorBlocker(m_sigmaColor);
    const QSignalBlocker spaceBlocker(m_sigmaSpace);
    setOn(on);
    m_kind->setEnabled(on);
    m_size->setEnabled(on);
    if (on)
        m_kind->setCurrentIndex(m_kind->findData(int(options.kind)));
    m_size->setValue(options.size);
    m_sigmaColor->setValue(options.sigmaColor);
    m_sigmaSpace->setValue(options.sigmaSpace);
    m_sigmas->setVisible(options.kind == MapFilterKind::Bilateral);
}

} // namespace dispersa
