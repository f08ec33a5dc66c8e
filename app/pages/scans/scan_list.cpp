// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/scan_list.h"

#include "app/actions/scan_actions.h"
#include "app/actions/scan_tools.h"
#include "app/actions/study_files.h"
#include "app/pages/scans/role_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {

ScanList::ScanList(StudyDocument& document, StudyFiles& files, QWidget* parent)
    : QWidget(parent), m_document(document), m_tools(files.scanTools()), m_model(document), m_table(new QTableView(this)), m_hint(new QLabel(this))
{
    m_table->setObjectName(QStringLiteral("scans_table"));
    m_table->setAccessibleName(tr("Scans of the study"));
    m_table->setModel(&m_model);
    m_table->setItemDelegateForColumn(ScansModel::Role, new RoleDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                             QAbstractItemView::SelectedClicked);
    m_table->setTabKeyNavigation(false);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 10);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(ScansModel::Maps, QHeaderView::Stretch);
    header->setMinimumSectionSize(48);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);

    const ChosenScans chosenScans = [this] { return chosen(); };
    auto* remove = new RemoveScansAction(document, chosenScans, this);
    for (const ScanRole role : allScanRoles()) {
        auto* action = new RoleAction(document, role, chosenScans, this);
        m_actions << action;
        connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, action, &RoleAction::refresh);
    }
    m_actions << remove;
    auto* separator = new QAction(this);
    separator->setSeparator(true);
    m_actions << separator;
    for (QAction* tool : m_tools.actions())
        m_actions << tool;
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, remove, &RemoveScansAction::refresh);
    m_table->addActions(m_actions);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);

    const auto makeButton = [this](const QString& name, const QString& text, const QString& toolTip) {
        auto* button = new QToolButton(this);
        button->setObjectName(name);
        button->setText(text);
        button->setToolTip(toolTip);
        button->setAccessibleName(toolTip);
        return button;
    };
    auto* addFiles = makeButton(QStringLiteral("add_files"), tr("Add files…"), tr("Add scans and their maps"));
    auto* addFolder = makeButton(QStringLiteral("add_folder"), tr("Add folder…"), tr("Add all scans of a folder"));
    auto* removeButton = makeButton(QStringLiteral("remove_button"), tr("Remove"), remove->toolTip());
    connect(addFiles, &QToolButton::clicked, &files, &StudyFiles::openScans);
    connect(addFolder, &QToolButton::clicked, &files, &StudyFiles::openFolder);
    connect(removeButton, &QToolButton::clicked, remove, &QAction::trigger);
    connect(remove, &QAction::enabledChanged, removeButton, &QWidget::setEnabled);
    removeButton->setEnabled(remove->isEnabled());
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(addFiles);
    buttons->addWidget(addFolder);
    buttons->addStretch();
    buttons->addWidget(removeButton);

    m_hint->setObjectName(QStringLiteral("scans_hint"));
    m_hint->setWordWrap(true);
    m_hint->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_hint, &QLabel::linkActivated, this, [this](const QString& scan) { m_tools.askShape(scan.toStdString()); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 6, 0);
    layout->addLayout(buttons);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_hint);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ScanList::followSelection);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ScanList::followDocument);
    connect(&document, &StudyDocument::currentScanChanged, this, &ScanList::followDocument);
    connect(&document, &StudyDocument::changed, this, &ScanList::refreshHint);
    connect(&document, &StudyDocument::scanOpened, this, &ScanList::refreshHint);
    followDocument();
    refreshHint();
}

std::vector<std::string> ScanList::chosen() const
{
    std::vector<std::string> names;
    if (!m_table->selectionModel())
        return names;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex& row : rows)
        if (std::string name = m_model.scanAt(row.row()); !name.empty())
            names.push_back(std::move(name));
    return names;
}

void ScanList::followDocument()
{
    const int row = m_model.rowOf(m_document.currentScan());
    if (m_following || row < 0 || m_table->currentIndex().row() == row)
        return;
    const QScopedValueRollback following(m_following, true);
    m_table->selectRow(row);
}

void ScanList::followSelection()
{
    if (m_following)
        return;
    const QScopedValueRollback following(m_following, true);
    m_document.setCurrentScan(m_model.scanAt(m_table->currentIndex().row()));
}

void ScanList::refreshHint()
{
    const auto& scans = m_document.study().scans;
    const auto count = [&](ScanRole role) {
        return int(std::count_if(scans.begin(), scans.end(), [&](const StudyScan& scan) { return scan.role == role; }));
    };
    if (const auto waiting = m_tools.scansWithoutShape(); !waiting.empty()) {
        const QString first = QString::fromStdString(waiting.front()).toHtmlEscaped();
        m_hint->setText(tr("%n scan(s) do not tell their scan shape. <a href=\"%1\">Set the shape of %1…</a>", nullptr,
                           int(waiting.size()))
                            .arg(first));
    } else if (count(ScanRole::Train) == 0 && !m_document.study().model)
        m_hint->setText(tr("No scan trains the network yet. Choose one that has maps and press T."));
    else if (count(ScanRole::Predict) == 0)
        m_hint->setText(tr("No scan is predicted yet. Choose one and press P."));
    else
        m_hint->setText(tr("%1, %2. Keys T, P and I change the role of the chosen scans.")
                            .arg(tr("%n scan(s) train", nullptr, count(ScanRole::Train)),
                                 tr("%n are predicted", nullptr, count(ScanRole::Predict))));
}

} // namespace dispersa
