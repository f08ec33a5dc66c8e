// SPDX-License-Identifier: GPL-3.0-or-later
// The study's scans as a table: name, role, grid, pattern, maps found, state.
#pragma once

#include "app/document/study_document.h"

#include <QAbstractTableModel>

#include <vector>

namespace dispersa {

/// Role as the window says it: "Train", "Predict", "Ignore".
QString roleText(ScanRole role);
std::vector<ScanRole> allScanRoles();

class ScansModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Name, Role, Grid, Pattern, Maps, State, ColumnCount };

    explicit ScansModel(StudyDocument& document, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Column Role takes int(ScanRole) with Qt::EditRole: one undo step.
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

    /// Empty for a row that is not there.
    std::string scanAt(int row) const;
    int rowOf(const std::string& scan) const; ///< -1: none

  private:
    void refresh(StudyPart part);
    void refreshScan(const QString& name);
    QString text(const StudyScan& scan, Column column) const;
    QString toolTip(const StudyScan& scan, Column column) const;

    StudyDocument& m_document;
    std::vector<std::string> m_names; ///< rows that views know of; the document may be ahead for a moment
};

} // namespace dispersa
