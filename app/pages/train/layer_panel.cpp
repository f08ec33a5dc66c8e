// SPDX-License-Identifier: GPL-3.0-or-later
// Layer table; see layer_panel.h.
#include "app/pages/train/layer_panel.h"

#include "app/pages/train/recipe_text.h"
#include "app/text/error_text.h"
#include "core/prepare/pattern_preparation.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace dispersa {

namespace {
QString featureText(ProfileFeature::Kind kind)
{
    switch (kind) {
    case ProfileFeature::Kind::Mean:
        return LayerPanel::tr("all counts");
    case ProfileFeature::Kind::Trimmed:
        return LayerPanel::tr("no Bragg spots");
    case ProfileFeature::Kind::Polar:
        return LayerPanel::tr("sectors");
    }
    return {};
}

QString regressorText(const RegressorOptions& regressor, int members)
{
    switch (regressor.kind) {
    case RegressorKind::Ridge:
        return LayerPanel::tr("Ridge");
    case RegressorKind::Kernel:
        return LayerPanel::tr("Kernel ridge");
    case RegressorKind::Mlp:
        return LayerPanel::tr("%n dense network(s)", nullptr, members);
    case RegressorKind::Polar:
        return LayerPanel::tr("%n convolution network(s)", nullptr, members);
    }
    return {};
}
} // namespace

LayerPanel::LayerPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_fold(new QToolButton(this)), m_error(new QLabel(this)),
      m_table(new QTableWidget(0, 3, this))
{
    m_fold->setObjectName("train_layers_fold");
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setArrowType(Qt::RightArrow);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_error->setObjectName("train_layers_error");
    m_error->setWordWrap(true);
    m_error->hide();
    m_table->setObjectName("train_layers");
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setMinimumHeight(9 * (fontMetrics().height() + 6));
    m_table->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_fold);
    layout->addWidget(m_error);
    layout->addWidget(m_table);
    connect(m_fold, &QToolButton::toggled, this, [this](bool open) {
        m_table->setVisible(open && m_table->rowCount() > 0);
        m_fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    connect(m_error, &QLabel::linkActivated, this, &LayerPanel::prepareRequested);
    connect(&m_document, &StudyDocument::changed, this, &LayerPanel::refresh);
    connect(&m_document, &StudyDocument::scanOpened, this, &LayerPanel::refresh);
    refresh();
}

void LayerPanel::showError(const QString& text, bool mendedInPrepare)
{
    m_table->setRowCount(0);
    m_table->hide();
    m_error->setText(
        mendedInPrepare ? QStringLiteral("%1 <a href=\"prepare\">%2</a>").arg(text.toHtmlEscaped(), tr("Go to Prepare"))
                        : text.toHtmlEscaped());
    m_error->setVisible(!text.isEmpty());
}

void LayerPanel::addRow(const QString& name, const QString& output, std::int64_t count)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    for (const auto& [column, text] : {std::pair(0, name), std::pair(1, output)}) {
        m_table->setItem(row, column, new QTableWidgetItem(text));
        m_table->item(row, column)->setToolTip(text); // the column may be narrow
    }
    auto* number = new QTableWidgetItem(count > 0 ? QLocale().toString(qlonglong(count)) : QString());
    number->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->setItem(row, 2, number);
}

void LayerPanel::showLayers(const NetworkOptions& network, int bin)
{
    const QString size = tr("patterns %1 × %2").arg(network.patternHeight).arg(network.patternWidth);
    const auto layers = layerTable(network);
    if (!layers) {
        m_fold->setText(tr("Layers: %1").arg(size));
        Error error = layers.error();
        if (error.code == ErrorCode::PatternTooSmall && error.arguments.size() > 2)
            error.arguments[2] = std::to_string(bin); // the network does not know what made its patterns small
        showError(errorText(error), error.code == ErrorCode::PatternTooSmall);
        return;
    }
    m_table->setHorizontalHeaderLabels({tr("Layer"), tr("Output"), tr("Parameters")});
    std::int64_t total = 0;
    for (const LayerInfo& layer : *layers) {
        addRow(QString::fromStdString(layer.name), QString::fromStdString(layer.outputShape), layer.parameters);
        total += layer.parameters;
    }
    m_fold->setText(tr("%n layer(s)", nullptr, int(layers->size())) +
                    tr(", %1 million weights, %2").arg(QLocale().toString(double(total) / 1e6, 'f', 1), size));
}

void LayerPanel::showProfiles(const ProfileOptions& profile, int members)
{
    m_table->setHorizontalHeaderLabels({tr("Profile, regression"), tr("Reads"), tr("Values")});
    for (std::size_t f = 0; f < profile.features.size(); ++f) {
        const ProfileFeature& feature = profile.features[f];
        addRow(tr("%1: %2").arg(f + 1).arg(featureText(feature.kind)),
               tr("%1 × %1 probes, rings %2–%3")
                   .arg(feature.neighbourhood)
                   .arg(feature.firstRing)
                   .arg(feature.lastRing),
               feature.values());
    }
    for (const RegressorOptions& regressor : profile.regressors) {
        QStringList read;
        std::int64_t values = 0;
        for (const std::size_t feature : regressor.features) {
            read << QString::number(feature + 1);
            values += feature < profile.features.size() ? profile.features[feature].values() : 0;
        }
        addRow(regressorText(regressor, members), tr("profiles %1").arg(read.join(QStringLiteral(", "))), values);
    }
    m_fold->setText(tr("%n profile(s)", nullptr, int(profile.features.size())) + QStringLiteral(", ") +
                    tr("%n regression(s)", nullptr, int(profile.regressors.size())) + QStringLiteral(", ") +
                    tr("%n value(s) per probe", nullptr, profile.values()));
}

void LayerPanel::refresh()
{
    const Study& study = m_document.study();
    setVisible(!study.model);
    const auto recipe = recipeNamed(study.recipe.name);
    m_table->setRowCount(0);
    showError({}, false);
    const bool profiles = recipe && recipe->profile;
    m_fold->setToolTip(profiles ? tr("Show the profiles that are read and the regressions fitted to them")
                                : tr("Show the network's layers"));
    m_table->setAccessibleName(profiles ? tr("Profiles and regressions") : tr("Layers of the network"));
    const OpenedScanPtr scan = m_document.firstOpened();
    if (profiles) {
        const auto settings = trainingSettings(study.recipe).value_or(recipe->training);
        showProfiles(withRegressor(*recipe->profile, settings.regressor), settings.members);
    } else if (recipe && scan && scan->diffraction) {
        const PatternShape raw = scan->diffraction->patternShape();
        const int bin = diffractionInUse(study, raw).bin;
        const PatternShape prepared = preparedShape(raw, bin);
        NetworkOptions network;
        network.patternHeight = prepared.height;
        network.patternWidth = prepared.width;
        network.outputs = int(effectiveTargets(study, *recipe).size());
        network.activation = recipe->activation;
        network.batchNormMomentum = recipe->batchNormMomentum;
        showLayers(network, bin);
    } else {
        m_fold->setText(tr("Layers: known when a scan is open"));
    }
    m_table->setVisible(m_fold->isChecked() && m_table->rowCount() > 0);
}

} // namespace dispersa
