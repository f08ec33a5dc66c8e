// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/scans_model.h"

#include "app/text/error_text.h"

#include <QColor>
#include <QDir>

#include <algorithm>

namespace dispersa {

QString roleText(ScanRole role)
{
    switch (role) {
    case ScanRole::Train:
        return ScansModel::tr("Train");
    case ScanRole::Predict:
        return ScansModel::tr("Predict");
    case ScanRole::Ignore:
        return ScansModel::tr("Ignore");
    }
    return {};
}

std::vector<ScanRole> allScanRoles()
{
    return {ScanRole::Train, ScanRole::Predict, ScanRole::Ignore};
}

ScansModel::ScansModel(StudyDocument& document, QObject* parent) : QAbstractTableModel(parent), m_document(document)
{
    for (const StudyScan& scan : document.study().scans)
        m_names.push_back(scan.name);
    connect(&document, &StudyDocument::changed, this, &ScansModel::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &ScansModel::refreshScan);
}

int ScansModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_names.size());
}

int ScansModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

std::string ScansModel::scanAt(int row) const
{
    return row >= 0 && row < int(m_names.size()) ? m_names[std::size_t(row)] : std::string();
}

int ScansModel::rowOf(const std::string& scan) const
{
    const auto found = std::find(m_names.begin(), m_names.end(), scan);
    return found == m_names.end() ? -1 : int(found - m_names.begin());
}

void ScansModel::refresh(StudyPart part)
{
    std::vector<std::string> names;
    for (const StudyScan& scan : m_document.study().scans)
        names.push_back(scan.name);
    if (part == StudyPart::Everything || names != m_names) {
        beginResetModel();
        m_names = std::move(names);
        endResetModel();
    } else if (!m_names.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void ScansModel::refreshScan(const QString& name)
{
    if (const int row = rowOf(name.toStdString()); row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

QVariant ScansModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    switch (Column(section)) {
    case Name:
        return tr("Scan");
    case Role:
        return tr("Role");
    case Grid:
        return tr("Grid");
    case Pattern:
        return tr("Pattern");
    case Maps:
        return tr("Maps");
    case State:
        return tr("State");
    case ColumnCount:
        break;
    }
    return {};
}

Qt::ItemFlags ScansModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return index.column() == Role ? flags | Qt::ItemIsEditable : flags;
}

QString ScansModel::text(const StudyScan& scan, Column column) const
{
    const OpenedScanPtr opened = m_document.opened(scan.name);
    switch (column) {
    case Name:
        return QString::fromStdString(scan.name);
    case Role:
        return roleText(scan.role);
    case Grid:
        return opened ? QString::fromStdString(toText(opened->shape())) : QString();
    case Pattern:
        if (!opened)
            return {};
        return opened->diffraction ? QString::fromStdString(toText(opened->diffraction->patternShape())) : tr("none");
    case Maps: {
        QStringList quantities;
        for (const MapSource& map : scan.maps)
            quantities << QString::fromStdString(map.quantity);
        return quantities.isEmpty() ? tr("none") : quantities.join(u' ');
    }
    case State:
        if (const auto error = m_document.openError(scan.name))
            return error->code == ErrorCode::ScanShapeUnknown ? tr("Scan shape?") : tr("Cannot be read");
        if (!opened)
            return tr("Opening…");
        if (opened->obstacle)
            return tr("Grids differ");
        return opened->warnings.empty() ? tr("Ready")
                                        : tr("Ready, %n warning(s)", nullptr, int(opened->warnings.size()));
    case ColumnCount:
        break;
    }
    return {};
}

QString ScansModel::toolTip(const StudyScan& scan, Column column) const
{
    const OpenedScanPtr opened = m_document.opened(scan.name);
    if (column == Role)
        return tr(
            "Train teaches the network, Predict is predicted (and compared when it has maps), Ignore is left alone. "
            "Keys: T, P, I.");
    if (column == Maps) {
        QStringList files;
        for (const MapSource& map : scan.maps)
            files << QString::fromStdString(map.quantity) + QStringLiteral(":  ") +
                         QString::fromStdString(map.path.filename().string());
        return files.isEmpty() ? tr("No map was found for this scan: it can be predicted but not trained on.")
                               : files.join(u'\n');
    }
    if (column == State) {
        if (const auto error = m_document.openError(scan.name))
            return errorText(*error);
        QStringList lines;
        if (opened && opened->obstacle)
            lines << errorText(*opened->obstacle);
        if (opened)
            for (const Warning& warning : opened->warnings)
                lines << warningText(warning);
        return lines.join(u'\n');
    }
    return scan.diffraction ? QDir::toNativeSeparators(QString::fromStdString(scan.diffraction->path.string()))
                            : QString();
}

QVariant ScansModel::data(const QModelIndex& index, int role) const
{
    const StudyScan* scan = index.isValid() ? m_document.study().scan(scanAt(index.row())) : nullptr;
    if (!scan)
        return {};
    const auto column = Column(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(*scan, column);
    case Qt::EditRole:
        return column == Role ? QVariant(int(scan->role)) : QVariant(text(*scan, column));
    case Qt::ToolTipRole:
        return toolTip(*scan, column);
    case Qt::ForegroundRole:
        if (column != State)
            return {};
        if (m_document.openError(scan->name))
            return QColor(0xc0, 0x39, 0x2b);
        if (const OpenedScanPtr opened = m_document.opened(scan->name);
            opened && (opened->obstacle || !opened->warnings.empty()))
            return QColor(0xb3, 0x6b, 0x00);
        return {};
    default:
        return {};
    }
}

bool ScansModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !index.isValid() || index.column() != Role)
        return false;
    const int chosen = value.toInt();
    if (chosen < int(ScanRole::Train) || chosen > int(ScanRole::Ignore))
        return false;
    m_document.setRoles({scanAt(index.row())}, ScanRole(chosen));
    return true;
}

} // namespace dispersa
