// SPDX-License-Identifier: GPL-3.0-or-later
// Layer table; see layer_panel.h.
#include "app/pages/train/layer_panel.h"

#include "app/pages/train/recipe_text.h"
#include "app/text/error_text.h"
#include "core/learn/recipe.h"
#include "core/prepare/pattern_preparation.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace dispersa {

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
    m_fold->setToolTip(tr("Show the network's layers"));
    m_error->setObjectName("train_layers_error");
    m_error->setWordWrap(true);
    m_error->hide();
    m_table->setObjectName("train_layers");
    m_table->setAccessibleName(tr("Layers of the network"));
    m_table->setHorizontalHeaderLabels({tr("Layer"), tr("Output"), tr("Parameters")});
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

void LayerPanel::refresh()
{
    const Study& study = m_document.study();
    setVisible(!study.model);
    const auto recipe = recipeNamed(study.recipe.name);
    const OpenedScanPtr scan = m_document.firstOpened();
    if (!recipe || !scan || !scan->diffraction) {
        m_fold->setText(tr("Layers: known when a scan is open"));
        showError({}, false);
        return;
    }
    const PatternShape raw = scan->diffraction->patternShape();
    const int bin = diffractionInUse(study, raw).bin;
    const PatternShape prepared = preparedShape(raw, bin);
    NetworkOptions network;
    network.patternHeight = prepared.height;
    network.patternWidth = prepared.width;
    network.outputs = int(effectiveTargets(study, *recipe).size());
    network.activation = recipe->activation;
    network.batchNormMomentum = recipe->batchNormMomentum;
    const QString size = tr("patterns %1 × %2").arg(prepared.height).arg(prepared.width);
    const auto layers = layerTable(network);
    if (!layers) {
        m_fold->setText(tr("Layers: %1").arg(size));
        Error error = layers.error();
        if (error.code == ErrorCode::PatternTooSmall && error.arguments.size() > 2)
            error.arguments[2] = std::to_string(bin); // the network does not know what made its patterns small
        showError(errorText(error), error.code == ErrorCode::PatternTooSmall);
        return;
    }
    m_error->hide();
    std::int64_t total = 0;
    const QLocale locale;
    m_table->setRowCount(int(layers->size()));
    int row = 0;
    for (const LayerInfo& layer : *layers) {
        m_table->setItem(row, 0, new QTableWidgetItem(QString::fromStdString(layer.name)));
        m_table->setItem(row, 1, new QTableWidgetItem(QString::fromStdString(layer.outputShape)));
        auto* count =
            new QTableWidgetItem(layer.parameters > 0 ? locale.toString(qlonglong(layer.parameters)) : QString());
        count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->setItem(row, 2, count);
        total += layer.parameters;
        ++row;
    }
    m_fold->setText(tr("%n layer(s)", nullptr, int(layers->size())) +
                    tr(", %1 million weights, %2").arg(locale.toString(double(total) / 1e6, 'f', 1), size));
    m_table->setVisible(m_fold->isChecked());
}

} // namespace dispersa
