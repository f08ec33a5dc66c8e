// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/pattern_steps.h"

#include "core/learn/recipe.h"
#include "core/prepare/pattern_preparation.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {
namespace {

constexpr double usualMask_px = 12;

} // namespace

PatternSteps::PatternSteps(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_origin(new QLabel(this)),
      m_useRecipe(new QPushButton(tr("Use the recipe's"), this)), m_radius(new QDoubleSpinBox(this)),
      m_factor(new QSpinBox(this)), m_scale(new QComboBox(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* title = new QHBoxLayout;
    title->addWidget(new QLabel(tr("<b>Diffraction patterns</b>"), this));
    title->addStretch();
    m_useRecipe->setObjectName(QStringLiteral("use_recipe_preparation"));
    m_useRecipe->setToolTip(tr("Forget these settings and prepare patterns as the recipe recommends"));
    title->addWidget(m_useRecipe);
    layout->addLayout(title);
    m_origin->setObjectName(QStringLiteral("preparation_origin"));
    m_origin->setWordWrap(true);
    layout->addWidget(m_origin);

    m_centre = addCard(PrepareStep::Centre, true);
    m_mask = addCard(PrepareStep::BeamMask, true);
    m_radius->setObjectName(QStringLiteral("beam_mask_radius"));
    m_radius->setAccessibleName(tr("Radius of the beam mask"));
    m_radius->setRange(0, 10000);
    m_radius->setDecimals(1);
    m_radius->setSuffix(tr(" px"));
    m_mask->row()->addWidget(new QLabel(tr("Radius"), m_mask));
    m_mask->row()->addWidget(m_radius);
    m_mask->row()->addStretch();
    m_bin = addCard(PrepareStep::Bin, true);
    m_factor->setObjectName(QStringLiteral("bin_factor"));
    m_factor->setAccessibleName(tr("Bin"));
    m_factor->setRange(1, 16);
    m_bin->row()->addWidget(new QLabel(tr("Factor"), m_bin));
    m_bin->row()->addWidget(m_factor);
    m_bin->row()->addStretch();
    m_scaling = addCard(PrepareStep::Scaling, false);
    m_scale->setObjectName(QStringLiteral("network_scaling"));
    m_scale->setAccessibleName(tr("Scaling of the network's input"));
    m_scale->addItem(tr("Linear"), int(Scaling::Linear));
    m_scale->addItem(tr("Square Root"), int(Scaling::SquareRoot));
    m_scale->addItem(tr("Log"), int(Scaling::Log));
    m_scaling->row()->addWidget(m_scale);
    m_scaling->row()->addStretch();
    for (QWidget* field :
         {static_cast<QWidget*>(m_radius), static_cast<QWidget*>(m_factor), static_cast<QWidget*>(m_scale)})
        for (StepCard* card : m_cards)
            if (card->isAncestorOf(field))
                field->installEventFilter(card);
    for (StepCard* card : m_cards)
        layout->addWidget(card);

    connect(m_centre, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) { options.centre = on ? CentreKind::CentreOfMass : CentreKind::None; });
        ++m_gesture;
    });
    connect(m_mask, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) { options.beamMask_px = on ? usualMask_px : 0; });
        ++m_gesture;
    });
    connect(m_bin, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) { options.bin = on ? 2 : 1; });
        ++m_gesture;
    });
    connect(m_radius, &QDoubleSpinBox::valueChanged, this,
            [this](double radius) { change([radius](auto& options) { options.beamMask_px = radius; }); });
    connect(m_factor, &QSpinBox::valueChanged, this,
            [this](int bin) { change([bin](auto& options) { options.bin = bin; }); });
    connect(m_scale, &QComboBox::activated, this, [this] {
        change([this](auto& options) { options.scaling = Scaling(m_scale->currentData().toInt()); });
        ++m_gesture;
    });
    connect(m_radius, &QAbstractSpinBox::editingFinished, this, [this] { ++m_gesture; });
    connect(m_factor, &QAbstractSpinBox::editingFinished, this, [this] { ++m_gesture; });
    connect(m_useRecipe, &QPushButton::clicked, this, [this] { m_document.setDiffraction(std::nullopt); });
    connect(&document, &StudyDocument::changed, this, &PatternSteps::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &PatternSteps::refresh);
    refresh();
}

StepCard* PatternSteps::addCard(PrepareStep step, bool hasSwitch)
{
    auto* card = new StepCard(step, hasSwitch, this);
    m_cards.push_back(card);
    return card;
}

void PatternSteps::change(const std::function<void(DiffractionOptions&)>& edit)
{
    DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    edit(options);
    m_document.setDiffraction(options, m_gesture);
}

void PatternSteps::refresh()
{
    const Study& study = m_document.study();
    const DiffractionOptions options = diffractionInUse(study, m_document.detectorShape());
    const QSignalBlocker radiusBlocker(m_radius);
    const QSignalBlocker factorBlocker(m_factor);
    m_centre->setOn(options.centre != CentreKind::None);
    m_mask->setOn(options.beamMask_px > 0);
    m_radius->setValue(options.beamMask_px);
    m_radius->setEnabled(options.beamMask_px > 0);
    m_bin->setOn(options.bin > 1);
    m_factor->setValue(options.bin);
    m_factor->setEnabled(options.bin > 1);
    m_scale->setCurrentIndex(m_scale->findData(int(options.scaling)));

    Study asRecommended = study;
    asRecommended.diffraction.reset();
    const bool own = options != diffractionInUse(asRecommended, m_document.detectorShape());
    m_useRecipe->setVisible(own);
    m_origin->setText(own ? tr("Settings of this study.")
                          : tr("As the recipe “%1” recommends. Change a step to use settings of your own.")
                                .arg(QString::fromStdString(study.recipe.name)));
    const OpenedScanPtr opened = m_document.firstOpened();
    if (!opened || !opened->diffraction) {
        m_mask->setNote({});
        m_bin->setNote({});
        return;
    }
    const auto& q = opened->calibration.qPixel_invA;
    m_mask->setNote(q && options.beamMask_px > 0 ? tr("q < %1 1/Å").arg(*q * options.beamMask_px, 0, 'f', 3)
                                                 : QString());
    const PatternShape raw = opened->diffraction->patternShape();
    m_bin->setNote(options.bin > 1 ? tr("%1 becomes %2 pixels")
                                         .arg(QString::fromStdString(toText(raw)),
                                              QString::fromStdString(toText(preparedShape(raw, options.bin))))
                                   : QString());
}

} // namespace dispersa
